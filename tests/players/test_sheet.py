from datetime import UTC, date, datetime, timedelta
from typing import Any

from sse_board.boards.board import Board, Standing, Window
from sse_board.players.course import Change
from sse_board.players.days import last_days
from sse_board.players.sheet import board_place, next_steps, squares
from sse_board.version import Version

#: Clocks in Berlin went forward on the 29th.
NOW = datetime(2026, 3, 30, 22, 30, tzinfo=UTC)


def test_days_are_those_of_the_players_calendar() -> None:
    days = last_days(NOW, "Europe/Berlin", 3)
    assert [day.date for day in days] == [date(2026, 3, 29), date(2026, 3, 30), date(2026, 3, 31)]
    assert [(day.ends - day.begins) // timedelta(hours=1) for day in days] == [23, 24, 24]
    assert days[-1].begins <= NOW < days[-1].ends
    assert [day.ends for day in days[:-1]] == [day.begins for day in days[1:]]


def test_a_zone_that_is_no_more_costs_nobody_their_page() -> None:
    assert last_days(NOW, "Mars/Olympus", 1)[0].begins == datetime(2026, 3, 30, tzinfo=UTC)


def test_a_today_without_anything_is_still_open() -> None:
    dates = [day.date for day in last_days(NOW, "UTC", 3)]
    assert [one.state for one in squares(dates, [1])] == ["done", "missed", "open"]
    assert [one.state for one in squares(dates, [3])] == ["missed", "missed", "done"]
    assert [one.letter for one in squares(dates, [])] == ["S", "S", "M"]


def rung(**changes: Any) -> dict[str, Any]:
    return {"ladder": "score", "board": "jump", "title": "First", "current": 30, "target": 40} | changes


def test_what_is_nearest_comes_first_and_what_has_not_begun_not_at_all() -> None:
    steps = next_steps(
        [
            rung(title="Rank", ladder="rank", current=1200, target=10),
            rung(title="Far", current=1, target=100),
            rung(title="Near", ladder="streak", current=6, target=7),
            rung(title="Nowhere", current=None),
        ],
        [],
    )
    assert [(step.title, step.share) for step in steps] == [("Near", 85), ("Far", 1), ("Rank", None)]
    assert [step.words for step in steps] == ["6 of 7 days", "1 of 100", "now rank 1,200"]


def test_where_less_is_more_nothing_is_shown_as_a_share() -> None:
    assert next_steps([rung(current=50)], ["jump"])[0].share is None


def test_a_place_says_what_is_known_of_it() -> None:
    board = Board("jump", "Jump", "cm", "best", "desc", 1, "first", 1)
    window = Window(board, Version(1, 1), (), 3, 1, 3, NOW)
    place = board_place(Standing(4, 4, 12345, 0), window, None, [Change(12000, None), Change(12345, 12000)])
    assert (place.rank, place.total, place.score) == (4, 4, "1,234.5"), "who came meanwhile is counted, too"
    assert (place.moved, place.velocity) == (None, None)
    assert 'aria-label="Score on Jump: from 1,200.0 to 1,234.5"' in place.spark
    assert board_place(Standing(1, 1, 12345, 0), window, None, []).spark == ""
