"""A time in which the service will be away, and what may be announced of one. Pure."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sse_board.clock import iso
from sse_board.errors import InvalidRequest
from sse_board.live.events.record import NewEvent
from sse_board.notifications.announcement import SYSTEM

#: How far a start may lie behind us, for "now" takes its time to arrive; and how far ahead.
LATE, AHEAD = timedelta(minutes=1), timedelta(days=365)
#: A service that is away for longer is not in maintenance.
LONGEST = timedelta(days=7)

#: Time is told in the largest of these of which there are at least two: seconds.
UNITS = ((86_400, "days"), (3_600, "h"), (60, "min"))
#: Times in words.
MINUTE = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Window:
    """`started_at` and `ended_at`: when it was told that it began and was over, None before that."""

    id: str
    starts_at: datetime
    ends_at: datetime
    message: str
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def title(self) -> str:
        """What inboxes call it."""
        start, end = (moment.astimezone(UTC) for moment in (self.starts_at, self.ends_at))
        return f"Maintenance from {start:{MINUTE}} to {end:{MINUTE}} UTC"

    def payload(self) -> dict[str, Any]:
        """What events tell of it."""
        return {
            "id": self.id,
            "startsAt": iso(self.starts_at),
            "endsAt": iso(self.ends_at),
            "message": self.message,
        }

    def status(self, now: datetime) -> str:
        if self.ended_at is not None or now >= self.ends_at:
            return "ended"
        return "started" if now >= self.starts_at else "scheduled"

    def shown(self, now: datetime) -> dict[str, Any]:
        """As everybody may see it."""
        return {**self.payload(), "status": self.status(now)}

    def left(self, now: datetime) -> str:
        """How long it is until it begins, or is over, in words."""
        begun = now >= self.starts_at
        seconds = max(0, math.ceil(((self.ends_at if begun else self.starts_at) - now).total_seconds()))
        size, unit = next(((size, unit) for size, unit in UNITS if seconds >= 2 * size), (1, "s"))
        return f"{'ends' if begun else 'begins'} in {seconds // size} {unit}"

    def event(self, what: str, by: str | None = None) -> NewEvent:
        """`what` happened to it: it was `scheduled`, `started` or `ended`."""
        return NewEvent(SYSTEM, f"maintenance.{what}", self.payload(), ("maintenance", self.id), by)


def check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises InvalidRequest naming what is wrong."""
    wrong = {}
    if not now - LATE <= starts_at <= now + AHEAD:
        wrong["startsAt"] = "must be from now to a year ahead"
    if ends_at <= max(starts_at, now):
        wrong["endsAt"] = "must be after the start, and ahead"
    elif ends_at - starts_at > LONGEST:
        wrong["endsAt"] = f"must be at most {LONGEST.days} days after the start"
    if wrong:
        raise InvalidRequest("Such a maintenance cannot be.", details=wrong)
