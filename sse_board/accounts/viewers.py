"""Who looks at a page: name, role and picture for its header."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from sse_board.accounts.authentication import Authentication
from sse_board.accounts.remembered import Remembered
from sse_board.errors import Unavailable
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Role

#: People whose name is kept per process: about 300 bytes each, more than look at pages at the same time.
REMEMBERED_VIEWERS = 20_000


@dataclass(frozen=True, slots=True)
class Viewer:
    id: str
    username: str
    role: Role
    avatar_url: str | None
    #: Notifications that they have not read.
    unread: int = 0


#: How many notifications a user has not read. Raises Unavailable.
CountUnread = Callable[[str], Awaitable[int]]


async def no_inbox(user_id: str) -> int:
    """For whoever has none."""
    return 0


class Viewers:
    """Finds the viewer of a page; a bad token or a dead database makes an anonymous one, never an error."""

    def __init__(self, postgres: Postgres, authentication: Authentication, unread: CountUnread = no_inbox) -> None:
        self._unread = unread
        self._postgres = postgres
        self._authentication = authentication
        self._queries = Queries("accounts")
        self._shown = Remembered(self._load, limit=REMEMBERED_VIEWERS)

    async def viewer(self, request: HTTPConnection) -> Viewer | None:
        identity = self._authentication.peek(request)
        if identity is None:
            return None
        try:
            shown = await self._shown.get(identity.user_id)
        except Unavailable:
            return None
        if shown is None:
            return None
        return Viewer(identity.user_id, shown[0], identity.role, shown[1], await self._unread_of(identity.user_id))

    async def _unread_of(self, user_id: str) -> int:
        """None are counted while nobody can tell: a page is not the inbox."""
        try:
            return await self._unread(user_id)
        except Unavailable:
            return 0

    async def name(self, user_id: str) -> str | None:
        """What a user is called; None for nobody, and while nobody can tell."""
        try:
            shown = await self._shown.get(user_id)
        except Unavailable:
            return None
        return shown[0] if shown else None

    async def _load(self, user_id: str) -> tuple[str, str | None] | None:
        row = await self._postgres.one(self._queries.find_viewer, user_id=user_id)
        return (row[0], row[1]) if row else None

    def forget(self, user_id: str) -> None:
        self._shown.forget(user_id)
