"""Time as an argument, and as the wire writes it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

EPOCH = datetime.fromtimestamp(0, UTC)
MILLISECOND = timedelta(milliseconds=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: `2026-01-10T10:30:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def from_milliseconds(since_epoch: int) -> datetime:
    return datetime.fromtimestamp(since_epoch / 1000, UTC)


def to_milliseconds(moment: datetime) -> int:
    """Cut off, not rounded, as `iso` does: a moment reads the same whichever store it was kept in."""
    return (moment - EPOCH) // MILLISECOND
