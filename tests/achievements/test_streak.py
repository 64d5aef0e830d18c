"""Days in a row, wherever the player is and whatever clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.achievements.streak import Streak, prolong, standing

ZONES = (
    "UTC",
    "Europe/Vienna",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Pacific/Apia",
)


def streak_of(*acts: tuple[str, str]) -> Streak:
    """Actions at local times, each in its zone."""
    streak: Streak | None = None
    for local, zone in acts:
        streak = prolong(streak, datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)), zone)
    assert streak is not None
    return streak


@pytest.mark.parametrize(
    ("acts", "days"),
    [
        pytest.param(["2026-03-01T12:00", "2026-03-01T23:00"], 1, id="a day counts once"),
        pytest.param(["2026-03-01T00:01", "2026-03-02T23:59"], 2, id="the next day, however late"),
        pytest.param(["2026-03-01T12:00", "2026-03-03T00:01"], 1, id="a day left out begins anew"),
        pytest.param(["2026-03-28T12:00", "2026-03-29T02:30", "2026-03-30T12:00"], 3, id="a day of 23 hours"),
        pytest.param(["2026-10-24T23:59", "2026-10-25T23:59", "2026-10-26T23:59"], 3, id="a day of 25 hours"),
        pytest.param(["2028-02-28T12:00", "2028-02-29T12:00", "2028-03-01T12:00"], 3, id="a leap day"),
    ],
)
def test_days_are_those_of_the_calendar_at_home(acts: list[str], days: int) -> None:
    assert streak_of(*((local, "Europe/Vienna") for local in acts)).days == days


@pytest.mark.parametrize(
    ("acts", "days"),
    [
        pytest.param(
            [("2026-03-01T23:00", "Pacific/Pago_Pago"), ("2026-03-03T01:00", "Pacific/Kiritimati")],
            2,
            id="over the date line nobody lived the day between",
        ),
        pytest.param(
            [("2026-03-02T23:00", "Asia/Tokyo"), ("2026-03-02T22:00", "America/Los_Angeles")],
            1,
            id="a date that comes again counts once",
        ),
        pytest.param(
            [
                ("2026-03-02T23:00", "Asia/Tokyo"),
                ("2026-03-02T22:00", "America/Los_Angeles"),
                ("2026-03-03T22:00", "America/Los_Angeles"),
            ],
            2,
            id="and breaks nothing",
        ),
        pytest.param(
            [("2026-03-01T09:00", "UTC"), ("2026-03-01T23:30", "UTC"), ("2026-03-03T12:00", "Pacific/Kiritimati")],
            2,
            id="the last action counts as when it was on the new clock",
        ),
        pytest.param(
            [("2011-12-29T12:00", "Pacific/Apia"), ("2011-12-31T12:00", "Pacific/Apia")],
            2,
            id="Samoa had no 30 December 2011",
        ),
        pytest.param(
            [("2026-03-01T12:00", "UTC"), ("2026-03-04T12:00", "Asia/Tokyo")],
            1,
            id="who travels for days without doing anything begins anew",
        ),
    ],
)
def test_travelling_neither_breaks_a_streak_nor_doubles_a_day(acts: list[tuple[str, str]], days: int) -> None:
    assert streak_of(*acts).days == days


def test_what_stands_today_is_told_before_anything_is_done_today() -> None:
    streak = streak_of(("2026-03-01T12:00", "UTC"), ("2026-03-02T12:00", "UTC"))
    at = datetime(2026, 3, 2, 13, tzinfo=UTC)
    looks = [standing(streak, at + timedelta(days=days), "UTC") for days in range(3)]
    assert looks == [(2, True), (2, False), (0, False)]
    assert standing(None, at, "UTC") == (0, False)


def test_a_zone_that_is_no_more_stops_nobody() -> None:
    """Days are then those of UTC."""
    streak = prolong(None, datetime(2026, 3, 1, 23, tzinfo=UTC), "Mars/Olympus_Mons")
    assert (streak.last_day.day, standing(streak, streak.last_at, "Mars/Olympus_Mons")) == (1, (1, True))


begin = datetime(2025, 1, 1, tzinfo=UTC)
pauses = st.lists(st.tuples(st.integers(0, 60 * 50), st.sampled_from(ZONES)), min_size=1, max_size=40)


@given(pauses)
def test_no_date_counts_twice_and_no_zone_makes_days(moves: list[tuple[int, str]]) -> None:
    """However one flies about: dates counted only rise, and a streak is no longer than the dates that it spans."""
    streak: Streak | None = None
    at, counted = begin, []
    for minutes, zone in moves:
        at += timedelta(minutes=minutes)
        before, streak = streak, prolong(streak, at, zone)
        if before is None or streak.last_day != before.last_day:
            counted.append(streak.last_day)
    assert streak is not None
    assert counted == sorted(set(counted))
    assert streak.days <= streak.best <= len(counted)
    assert streak.days <= (at - begin).days + 3, "the earth has dates for at most two days more"


@given(st.sampled_from(ZONES), st.lists(st.integers(0, 86_399), min_size=2, max_size=60))
def test_who_does_something_every_day_at_home_has_them_all(zone: str, seconds: list[int]) -> None:
    """At any time of each day, through every change of the clock."""
    place, streak = ZoneInfo(zone), None
    for day, second in enumerate(seconds):
        date = datetime(2026, 2, 15) + timedelta(days=day, seconds=second)
        streak = prolong(streak, date.replace(tzinfo=place), zone)
    assert streak is not None
    assert streak.days == len(seconds)


@given(st.lists(st.sampled_from(ZONES), min_size=2, max_size=40))
def test_who_never_pauses_for_a_day_never_loses_the_streak(zones: list[str]) -> None:
    """Every twelve hours, each time somewhere else."""
    streak = None
    for number, zone in enumerate(zones):
        streak = prolong(streak, begin + timedelta(hours=12 * number), zone)
        assert streak.days == streak.best
