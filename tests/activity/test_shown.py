from datetime import UTC, date, datetime, timedelta
from typing import Any

from sse_board.activity.entry import Told
from sse_board.activity.kinds import EVENTS
from sse_board.activity.shown import CHOICES, by_day, older_days, shown_stories

WHEN = datetime(2026, 1, 10, 0, 30, tzinfo=UTC)
TODAY = date(2026, 1, 10)


def told(number: int, kind: str = "high_score", *, ago: timedelta = timedelta(), **data: Any) -> Told:
    who = {"userId": "u", "username": "Ada", "text": "Ada has won"}
    return Told(number, kind, {**who, **data}, WHEN - ago)


def test_a_scored_run_is_shown_once() -> None:
    entries = [told(3, "session_completed"), told(2, "session.ended", scored=True), told(1, "session.ended")]
    assert [one["kind"] for one in shown_stories(entries)] == ["session_completed", "session.ended"]


def test_a_name_and_what_is_said_of_it_are_apart() -> None:
    (one,) = shown_stories([told(1, text="Ada and 2 others have won")])
    assert (one["username"], one["says"]) == ("Ada", " and 2 others have won")


def test_stories_stand_under_their_day() -> None:
    stories = shown_stories(
        [told(3, ago=timedelta(hours=1)), told(2, ago=timedelta(hours=2)), told(1, ago=timedelta(days=375))]
    )
    groups = by_day(stories, TODAY)
    assert [(group["title"], len(group["stories"])) for group in groups] == [
        ("Today", 0),
        ("Yesterday", 2),
        ("Tuesday 31 December 2024", 1),
    ]
    assert [group["title"] for group in older_days(stories, TODAY)] == ["Yesterday", "Tuesday 31 December 2024"]


def test_every_choice_is_a_kind() -> None:
    assert set(CHOICES) <= set(EVENTS)
