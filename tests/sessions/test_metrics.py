"""What is read from the ticks of a run. Pure."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.errors import InvalidRequest
from sse_board.sessions.metrics import LiveRun, metric_of, nearest, newer, trend
from sse_board.sessions.progress import read_values

NUMBERS = st.floats(0, 300)


def run(number: int = 0, **known: Any) -> LiveRun:
    return LiveRun(f"run {number}", "user", "Ada", "typing", 1_000, known.pop("values", {}), **known)


def typing(number: int, wpm: float | None, **known: Any) -> LiveRun:
    return run(number, values={} if wpm is None else {"currentWpm": wpm}, **known)


@pytest.mark.parametrize(
    ("values", "is_now"),
    [
        ([], "steady"),
        ([50], "steady"),
        ([50, 52], "rising"),
        ([50, 51], "steady"),
        ([50, 48], "falling"),
        ([40, 60, 51], "steady"),
        ([60, 40, 40], "falling"),
        ([0, 0], "steady"),
        ([0, 1], "rising"),
        ([-100, -50], "rising"),
    ],
)
def test_a_trend_is_the_last_tick_beside_the_mean_of_those_before(values: list[float], is_now: str) -> None:
    assert trend(values) == is_now


@given(st.lists(NUMBERS, min_size=2), st.floats(1, 50))
def test_a_trend_is_the_same_in_every_unit(values: list[float], factor: float) -> None:
    mean = sum(values[:-1]) / (len(values) - 1)
    margin = abs(abs(values[-1] - mean) - mean * 0.02)
    if margin > 1e-6:  # on the very edge a rounded digit may decide
        assert trend([value * factor for value in values]) == trend(values)


def test_every_app_is_compared_by_one_metric() -> None:
    assert [metric_of(app) for app in ("typing", "math", "reading", "piano", "chess")] == [
        "currentWpm",
        "currentAccuracy",
        "currentAccuracy",
        "currentScore",
        "currentScore",
    ]


def test_the_nearest_are_shown_the_best_first() -> None:
    field = [typing(number, float(wpm)) for number, wpm in enumerate(range(0, 200, 5))]
    beside = nearest(field[20], field, 4)
    assert [other.metric for other in beside] == [110, 105, 95, 90]
    over = typing(99, 101, ended=5)
    assert over not in nearest(field[20], [*field, over], 4), "it has ended"
    assert nearest(typing(7, None), [typing(8, None), typing(9, 3)], 1) == [typing(8, None)]


def test_what_has_ended_never_comes_back() -> None:
    live, over = run(ticks=4, at=9_000), run(ticks=3, at=8_000, ended=9_000)
    assert newer(over, live) == over
    assert newer(live, over) == over


def test_a_store_without_metrics_takes_none_away() -> None:
    told = typing(1, 60, ticks=4, at=9_000)
    bare = run(1, is_bare=True)
    assert newer(told, bare) == told
    ended = newer(told, run(1, is_bare=True, ended=9_500))
    assert (ended.ended, ended.metric) == (9_500, 60)
    assert newer(bare, told) == told


def test_a_run_lasts_until_now_or_until_it_ended() -> None:
    assert run().seconds(61_000) == 60
    assert run(ended=31_000).seconds(61_000) == 30
    assert run().seconds(500) == 0, "clocks differ"


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b'{"currentWpm": 71.5, "progress": 40}', {"currentWpm": "71.5", "progress": "40"}),
        (b'{"currentAccuracy": 100.0, "currentScore": -3}', {"currentAccuracy": "100", "currentScore": "-3"}),
        (b'{"progress": 0.00049}', {"progress": "0"}),
        (b'{"currentScore": 9007199254740991}', {"currentScore": "9007199254740991"}),
        (b'{"progress": 1e2}', {"progress": "100"}),
        (b'{"currentWpm": -0.0}', {"currentWpm": "0"}),
    ],
)
def test_numbers_are_kept_without_needless_decimals(body: bytes, values: dict[str, str]) -> None:
    assert dict(read_values(body)) == values


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "body"),
        (b"[]", "body"),
        (b'{"currentWpm": 300.1}', "currentWpm"),
        (b'{"currentWpm": -0.1}', "currentWpm"),
        (b'{"currentAccuracy": 100.01}', "currentAccuracy"),
        (b'{"progress": 101}', "progress"),
        (b'{"currentScore": 9007199254740992}', "currentScore"),
        (b'{"currentScore": 1e300}', "currentScore"),
        (b'{"currentWpm": null}', "currentWpm"),
        (b'{"currentWpm": "70"}', "currentWpm"),
        (b'{"currentWpm": true}', "currentWpm"),
        (b'{"currentWpm": 70, "speed": 9}', "speed"),
        (b'{"currentWpm": 70, "currentWpm": 71}', "currentWpm"),
    ],
)
def test_what_is_out_of_bounds_or_unknown_is_named(body: bytes, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_values(body)
    assert list(refused.value.details or {}) == [field]


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"-1e999", b"1" * 400])
def test_a_number_that_is_none_is_refused(number: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read_values(b'{"currentScore": ' + number + b"}")
