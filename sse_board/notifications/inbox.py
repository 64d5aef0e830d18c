"""What a user finds when they come: their notices, and the announcements that are for them, joined at reading."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sse_board.clock import Clock, iso
from sse_board.errors import InvalidRequest, NotFound
from sse_board.notifications.notice import Category, Kind, Priority, payload
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("inbox")

#: What is older is in no inbox, and is deleted in time.
INBOX_KEPT = timedelta(days=30)
#: Above every id, for a first page.
_LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@dataclass(frozen=True, slots=True)
class Item:
    """`expires_at`: when it will not be found any more; `read_at`: None for what is unread."""

    id: str
    category: Category
    title: str
    message: str
    type: Kind
    priority: Priority
    link: str | None
    created_at: datetime
    expires_at: datetime | None
    read_at: datetime | None

    def payload(self) -> dict[str, Any]:
        """As its user sees it: what they were told of it, and whether they read it."""
        told = payload(
            self.id,
            self.category,
            self.title,
            self.message,
            self.type,
            self.priority,
            self.link,
            self.created_at,
        )
        expiry = {"expiresAt": iso(self.expires_at)} if self.expires_at else {}
        return {**told, **expiry, "readAt": iso(self.read_at) if self.read_at else None}


@dataclass(frozen=True, slots=True)
class Wanted:
    """`before`: those that are older than this one; None for the newest."""

    unread: bool
    before: str | None
    limit: int


class Inbox:
    """Everything raises Unavailable when the database does not answer."""

    def __init__(self, postgres: Postgres, clock: Clock) -> None:
        self._postgres = postgres
        self._clock = clock

    async def page(self, user_id: str, wanted: Wanted) -> list[Item]:
        """The newest first. Raises InvalidRequest for a `before` that the user never had."""
        at, id = await self._place(user_id, wanted.before)
        rows = await self._postgres.all(
            _queries.page,
            user=user_id,
            since=self._since(),
            at=at,
            id=id,
            unread=wanted.unread,
            limit=wanted.limit,
        )
        return [Item(*row) for row in rows]

    async def _place(self, user_id: str, before: str | None) -> tuple[datetime, str]:
        if before is None:
            return datetime.max.replace(tzinfo=self._clock().tzinfo), _LAST_ID
        try:
            item = await self._find(user_id, before)
        except NotFound:
            message = "`before` must be the id of a notification of yours."
            raise InvalidRequest(message, details={"before": "is none of yours"}) from None
        return item.created_at, item.id

    async def unread(self, user_id: str) -> int:
        row = await self._postgres.one(_queries.unread, user=user_id, since=self._since())
        assert row is not None
        count: int = row[0]
        return count

    async def read(self, user_id: str, id: str) -> Item:
        """It as it is now; reading it again changes nothing. Raises NotFound."""
        await self._find(user_id, id)
        await self._read(user_id, id)
        return await self._find(user_id, id)

    async def read_all(self, user_id: str) -> int:
        """How many were unread."""
        return await self._read(user_id, None)

    async def _read(self, user_id: str, id: str | None) -> int:
        now = self._clock()
        row = await self._postgres.one(_queries.read, user=user_id, since=now - INBOX_KEPT, id=id, at=now)
        assert row is not None
        count: int = row[0]
        return count

    async def _find(self, user_id: str, id: str) -> Item:
        row = await self._postgres.one(_queries.find, user=user_id, since=self._since(), id=id)
        if row is None:
            raise NotFound("There is no such notification for you.")
        return Item(*row)

    def _since(self) -> datetime:
        return self._clock() - INBOX_KEPT
