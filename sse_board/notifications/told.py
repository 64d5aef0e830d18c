"""The event log as admins look it through: what was told, by whom, to whom, and whom it reached."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from sse_board.clock import iso
from sse_board.live.cursor import to_cursor
from sse_board.notifications.announcement import ROLE_PREFIX
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("told")
#: Numbers as they were written.
_decode = msgspec.json.Decoder(float_hook=Decimal).decode

#: What receipts are kept of.
RECEIPTED = ("announcement", "notice")
#: Users who are named, of those who were reached and of those who were not.
NAMED_USERS = 100
#: Events for a role in one answer: to tell whom one of them reached, everybody of that role is looked at, which
#: takes a tenth of a second for 100 000 people.
ROLE_EVENTS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events; None for any. `before` is a place in the log, `since` and `until` are times."""

    before: int
    type: str | None
    entity_type: str | None
    entity_id: str | None
    actor: str | None
    since: datetime | None
    until: datetime | None
    limit: int


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom something was for, how many of them it reached, and some of those it did and did not reach."""

    total: int
    reached: int
    who: Sequence[str]
    who_not: Sequence[str]

    def payload(self) -> dict[str, Any]:
        return {"total": self.total, "reached": self.reached, "users": self.who, "notReached": self.who_not}


@dataclass(frozen=True, slots=True)
class Told:
    """One event with all that is known of it."""

    position: int
    name: str
    type: str
    data: str
    entity_type: str | None
    entity_id: str | None
    created_by: str | None
    at: datetime

    @property
    def role(self) -> str | None:
        return self.name.removeprefix(ROLE_PREFIX) if self.name.startswith(ROLE_PREFIX) else None

    @property
    def user_id(self) -> str | None:
        return self.name.split(":")[1] if self.name.startswith("user:") else None

    @property
    def is_receipted(self) -> bool:
        return self.entity_type in RECEIPTED and (self.role or self.user_id) is not None

    def payload(self, audience: Audience | None) -> dict[str, Any]:
        targets = {"roles": [self.role]} if self.role else {"users": [self.user_id]} if self.user_id else None
        return {
            "id": to_cursor(self.position),
            "name": self.name,
            "type": self.type,
            "data": _decode(self.data),
            "entityType": self.entity_type,
            "entityId": self.entity_id,
            "createdBy": self.created_by,
            "createdAt": iso(self.at),
            "targets": targets,
            "reached": audience.payload() if audience else None,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """`before`: where the next page begins; None behind the last."""

    events: Sequence[dict[str, Any]]
    before: str | None


def affordable(events: Sequence[Told]) -> Sequence[Told]:
    """As many of the first of them as can be told about at once."""
    broad = [place for place, event in enumerate(events) if event.is_receipted and event.role]
    return events[: broad[ROLE_EVENTS]] if len(broad) > ROLE_EVENTS else events


class ToldEvents:
    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def page(self, wanted: Wanted) -> Page:
        """The newest first; fewer than wanted where there are no more, or many for roles. Raises Unavailable."""
        rows = await self._postgres.all(_queries.page, **asdict(wanted))
        events = affordable([Told(*row) for row in rows])
        audiences = await self._audiences([event for event in events if event.is_receipted])
        is_last = len(events) == len(rows) < wanted.limit
        shown = [event.payload(audiences.get(event.position)) for event in events]
        return Page(shown, None if is_last else shown[-1]["id"])

    async def _audiences(self, events: Sequence[Told]) -> dict[int, Audience]:
        if not events:
            return {}
        rows = await self._postgres.all(
            _queries.heard,
            positions=[event.position for event in events],
            entities=[event.entity_id for event in events],
            users=[event.user_id for event in events],
            roles=[event.role for event in events],
            times=[event.at for event in events],
            most=NAMED_USERS,
        )
        return {position: Audience(*heard) for position, *heard in rows}
