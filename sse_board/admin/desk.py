"""What the page for admins shows, and what its forms do."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from sse_board.accounts.administration import Actor, Administration
from sse_board.accounts.directory import search
from sse_board.accounts.rules import check_role
from sse_board.admin.auditing import newest
from sse_board.admin.auditing import page as changes
from sse_board.admin.connections import Connections, Wanted
from sse_board.admin.flags import FlagReview, Resolution
from sse_board.admin.flags import Wanted as WantedFlags
from sse_board.admin.health import HealthBoard
from sse_board.admin.moderation_api import NOTE_LENGTH
from sse_board.admin.voiding import Order, Voiding
from sse_board.errors import InvalidRequest, Unavailable
from sse_board.scores.claims import ACTION_ID_LIMIT
from sse_board.stores.postgres import Postgres
from sse_board.web.bodies import UUID
from sse_board.web.identity import ROLES, Identity

#: Rows of each table: the rest is in the API.
PAGE_ROWS = 20

T = TypeVar("T")
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    postgres: Postgres
    board: HealthBoard
    connections: Connections
    users: Administration
    flags: FlagReview
    voiding: Voiding

    # -- what it shows --

    def health(self) -> dict[str, Any]:
        return self.board.payload()

    async def parts(self, name: str, user: str) -> dict[str, Any]:
        """Each part by itself: None for one that cannot be had. `user`: whose connections, "" for all; what is
        no id has none."""
        found = await asyncio.gather(
            self.connections.page(Wanted(user.strip().lower() or None, "", PAGE_ROWS)),
            _or_none(search(self.postgres, name, PAGE_ROWS)),
            _or_none(self.flags.page(WantedFlags(True, None, None, None, PAGE_ROWS))),
            _or_none(changes(self.postgres, newest(PAGE_ROWS))),
        )
        parts = zip(("connections", "users", "flags", "audit"), found, strict=True)
        return {"health": self.health(), "roles": ROLES, **dict(parts)}

    # -- what it does --

    @property
    def forms(self) -> dict[str, Callable[[Form, Identity, str], Awaitable[None]]]:
        """By name, as `AdminPages` wants them."""
        return {
            "connections": self.end_connection,
            "users": self.change_user,
            "flags": self.resolve_flag,
            "voids": self.void_action,
        }

    async def end_connection(self, form: Form, actor: Identity, request_id: str) -> None:
        await self.connections.end(_id(form, "sessionId"), actor, request_id)

    async def change_user(self, form: Form, actor: Identity, request_id: str) -> None:
        """A field that is not there changes nothing."""
        try:
            role = check_role(form["role"]) if "role" in form else None
        except ValueError as error:
            raise InvalidRequest(str(error)) from None
        blocked = {"yes": True, "no": False}.get(form.get("blocked", ""))
        who = Actor(actor.user_id, request_id)
        await self.users.change(who, _id(form, "userId"), role=role, blocked=blocked)

    async def resolve_flag(self, form: Form, actor: Identity, request_id: str) -> None:
        resolution: Resolution = "confirmed" if form.get("resolution") == "confirmed" else "dismissed"
        if form.get("resolution") not in get_args(Resolution):
            raise InvalidRequest("A flag is dismissed or confirmed.")
        note = _text(form, "note") or None
        await self.flags.resolve(_id(form, "flagId"), resolution, note, actor, request_id)

    async def void_action(self, form: Form, actor: Identity, request_id: str) -> None:
        action, reason = form.get("actionId", ""), _text(form, "reason")
        if not reason or not 0 < len(action) <= ACTION_ID_LIMIT or "\0" in action:
            raise InvalidRequest("Name the action, and say why it is taken back.")
        await self.voiding.void(Order(_id(form, "userId"), action, reason), actor, request_id)


async def _or_none(work: Awaitable[T]) -> T | None:
    """The page is there for when things are down, too."""
    try:
        return await work
    except Unavailable:
        return None


def _id(form: Form, name: str) -> str:
    """Raises InvalidRequest."""
    value = form.get(name, "").strip().lower()
    if not UUID.fullmatch(value):
        raise InvalidRequest("This is no id.", details={name: "must be an id"})
    return value


def _text(form: Form, name: str) -> str:
    """Raises InvalidRequest."""
    value = form.get(name, "").strip()
    if len(value) > NOTE_LENGTH or "\0" in value:
        raise InvalidRequest(f"At most {NOTE_LENGTH} characters.", details={name: "is too long"})
    return value
