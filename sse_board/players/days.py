"""The last days by a player's calendar. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Day:
    """From `begins` until `ends`, which is where the next one begins."""

    date: date
    begins: datetime
    ends: datetime


def last_days(now: datetime, time_zone: str, count: int) -> list[Day]:
    """So many days, the oldest first, today the last of them."""
    zone = _zone(time_zone)
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=back) for back in range(count - 1, -2, -1)]
    begins = [datetime(one.year, one.month, one.day, tzinfo=zone).astimezone(UTC) for one in dates]
    return [Day(*one) for one in zip(dates, begins, begins[1:], strict=False)]


def _zone(name: str) -> ZoneInfo:
    """One that is known no more must not cost anybody their page."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        return ZoneInfo("UTC")
