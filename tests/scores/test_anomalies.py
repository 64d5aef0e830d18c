"""What is flagged, and above all what is not: progress, good days, and whoever just began."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.boards.board import Board
from sse_board.scores.action import ActionType, Bound, Effect, Logged, Number, Points, Target
from sse_board.scores.anomalies import (
    EARLIER_LEAST,
    claimed_boards,
    is_outlier,
    jump,
    outlier,
    pace,
)

NOW = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)


def board(slug: str = "b", **rules: Any) -> Board:
    defaults: dict[str, Any] = {"policy": "best", "direction": "desc", "decimals": 0, "ties": "first"}
    return Board(slug=slug, title=slug, unit="", epoch=1, **{**defaults, **rules})


WPM = board("wpm", decimals=1)
BOARDS = {
    "sum": board("sum", policy="sum"),
    "tenths": board("tenths", policy="sum", decimals=1),
    "golf": board("golf", policy="sum", direction="asc"),
    "best": board("best"),
    "wpm": WPM,
}


def action(points: Number, **fed: int) -> Logged:
    """What it fed to each board, in the board's smallest unit."""
    effects = tuple(Effect(slug, value, None, value) for slug, value in fed.items())
    return Logged(1, "u", "a", "t", points, effects, NOW, False)


@pytest.mark.parametrize(
    ("points", "fed", "boards"),
    [
        (1_001, {}, []),
        (Decimal("1000.1"), {}, []),
        (10, {"sum": 1_001}, [{"board": "sum", "change": 1_001}]),
        (10, {"tenths": 10_005}, [{"board": "tenths", "change": Decimal("1000.5")}]),
        (10, {"golf": -1_001, "sum": 5}, [{"board": "golf", "change": -1_001}]),
    ],
)
def test_over_a_thousand_points_at_once_are_a_jump(points: Any, fed: dict[str, int], boards: list[Any]) -> None:
    found = jump(action(points, **fed), BOARDS.get)
    assert found is not None
    assert (found.kind, found.details) == ("jump", {"points": points, "boards": boards})
    assert f"{points} points at once" in found.summary


@pytest.mark.parametrize(
    ("points", "fed"),
    [
        (1_000, {"sum": 1_000, "tenths": 10_000}),
        (10, {"best": 50_000}),
        (10, {"golf": 5_000}),
        (10, {"sum": -5_000}),
        (10, {"unknown": 5_000}),
    ],
)
def test_what_is_no_jump(points: int, fed: dict[str, int]) -> None:
    """A best score is another rule's matter, and a sum that became worse is nobody's gain."""
    assert jump(action(points, **fed), BOARDS.get) is None


def test_the_hundred_and_first_action_of_an_hour_is_too_many() -> None:
    assert pace(100) is None
    found = pace(101)
    assert found is not None
    assert (found.kind, found.details) == ("pace", {"limit": 100, "seconds": 3_600})


def test_only_what_the_player_says_is_a_claim() -> None:
    typing = ActionType("typing", Points(fixed=10), (Target("wpm", "wpm"), Target("sum")), {"wpm": Bound(0, 300)})
    free = ActionType("free", Points(field="points"), (Target("sum"),), {})
    assert claimed_boards(typing) == {"wpm"}
    assert claimed_boards(free) == {"sum"}


def test_an_outlier_is_told_in_the_units_of_its_board() -> None:
    found = outlier(action(10, wpm=2_500, sum=10), BOARDS.get, {"wpm": [700, 755, *[720] * 10]})
    assert found is not None
    assert found.summary == "250 on wpm where the best was 75.5"
    assert found.details == {"boards": [{"board": "wpm", "value": 250, "best": Decimal("75.5"), "compared": 12}]}
    assert outlier(action(10, wpm=760), BOARDS.get, {"wpm": [700, 755, *[720] * 10]}) is None
    assert outlier(action(10, sum=10_000), BOARDS.get, {}) is None


#: Typing speeds of a steady player and of an unsteady one; lap times in seconds.
STEADY = [62, 58, 60, 65, 61, 59, 63, 60, 62, 64, 61, 60]
WILD = [20, 110, 45, 95, 30, 120, 60, 15, 90, 70, 35, 105]
LAPS = [70, 66, 72, 68, 71, 65, 69, 74, 67, 70]


@pytest.mark.parametrize(
    ("direction", "earlier", "value", "is_far_outside"),
    [
        ("desc", STEADY, 250, True),
        ("desc", STEADY, 98, True),
        ("desc", STEADY, 97, False),
        ("desc", STEADY, 5, False),
        ("desc", WILD, 180, False),
        ("desc", WILD, 290, True),
        ("desc", STEADY[:9], 250, False),
        ("asc", LAPS, 12, True),
        ("asc", LAPS, 45, False),
        ("asc", LAPS, 300, False),
        ("desc", [0] * 20, 50, False),
        ("desc", [0, 0, 0, 0, 0, 0, 0, 0, 5, 5], 8, False),
        ("desc", [10] * 20, 15, False),
        ("desc", [10] * 20, 16, True),
        ("desc", [-20] * 20, 20, True),
        ("desc", [*STEADY, 250], 251, False),
    ],
)
def test_far_outside_of_what_the_player_did(
    direction: str, earlier: list[int], value: int, is_far_outside: bool
) -> None:
    assert is_outlier(board(direction=direction), value, earlier) is is_far_outside


DIRECTIONS = st.sampled_from(["desc", "asc"])
VALUES = st.lists(st.integers(-10_000, 10_000), max_size=40)


@given(direction=DIRECTIONS, earlier=VALUES, value=st.integers(-10_000, 10_000))
def test_no_value_is_an_outlier_that_is_not_the_best_or_has_little_before_it(
    direction: str, earlier: list[int], value: int
) -> None:
    one = board(direction=direction)
    is_best = all(one.rank_key(value) < one.rank_key(before) for before in earlier)
    if len(earlier) < EARLIER_LEAST or not is_best:
        assert not is_outlier(one, value, earlier)


@given(earlier=VALUES, value=st.integers(-100_000, 100_000), data=st.data())
def test_order_and_unit_do_not_matter_and_low_is_high_turned_round(
    earlier: list[int], value: int, data: st.DataObject
) -> None:
    found = is_outlier(board(), value, earlier)
    assert is_outlier(board(), value, data.draw(st.permutations(earlier))) == found
    assert is_outlier(board(), value * 1_024, [one * 1_024 for one in earlier]) == found
    assert is_outlier(board(direction="asc"), -value, [-one for one in earlier]) == found


@given(start=st.integers(1, 1_000), steps=st.lists(st.integers(-100, 50), max_size=60))
def test_progress_is_no_outlier_however_long_it_goes_on(start: int, steps: list[int]) -> None:
    """Each result up to half better than the best so far, or worse by any part of it."""
    done = [start]
    for percent in steps:
        value = max(done) + max(done) * percent // 100
        assert not is_outlier(board(), value, done)
        done.append(value)


@given(earlier=st.lists(st.integers(50, 70), min_size=EARLIER_LEAST, max_size=40), value=st.integers(151, 300))
def test_twice_the_best_of_a_steady_player_is_always_flagged(earlier: list[int], value: int) -> None:
    assert is_outlier(board(), value, earlier)
