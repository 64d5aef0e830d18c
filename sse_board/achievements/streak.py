"""Days in a row on which a player did something, where they are. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

#: Lengths that are told, whether or not anything is awarded for them: days.
MILESTONES = (7, 30, 100)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Streak:
    """`last_day` is the last that was counted, by the calendar of where the player was then; `last_at` their last
    action; `days` in a row until then, `best` the most there ever were.
    """

    last_day: date
    last_at: datetime
    time_zone: str
    days: int
    best: int


def prolong(streak: Streak | None, at: datetime, time_zone: str) -> Streak:
    """The streak after an action at this moment by a player whose clock shows the time of this zone.

    A day is counted when its date lies behind the last that was counted, so a date never counts twice, wherever
    one flies. Days in between break the streak only if the player could have lived one of them whole, after both
    the last date counted and the last action, read on the clock of where they are now.
    """
    zone = _zone(time_zone)
    day = at.astimezone(zone).date()
    if streak is None:
        return Streak(day, at, time_zone, 1, 1)
    last_at = max(at, streak.last_at)
    if day <= streak.last_day:
        return Streak(streak.last_day, last_at, time_zone, streak.days, streak.best)
    days = streak.days + 1 if _follows(streak, day, zone) else 1
    return Streak(day, last_at, time_zone, days, max(days, streak.best))


def standing(streak: Streak | None, now: datetime, time_zone: str) -> tuple[int, bool]:
    """(days in a row as they stand now, whether today is among them)."""
    if streak is None:
        return 0, False
    zone = _zone(time_zone)
    today = now.astimezone(zone).date()
    if today <= streak.last_day:
        return streak.days, True
    return (streak.days, False) if _follows(streak, today, zone) else (0, False)


def _follows(streak: Streak, day: date, zone: ZoneInfo) -> bool:
    """Whether no whole day lies between: one that a zone left out, as Samoa did in 2011, is none."""
    last = max(streak.last_day, streak.last_at.astimezone(zone).date())
    return day <= last or _begin(day, zone) <= _begin(last + _DAY, zone)


def _zone(name: str) -> ZoneInfo:
    """Names were checked when they were given; one that is no more must not stop everybody's awards."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(ZoneInfo("UTC"))
