from typing import Any

import pytest

from sse_board.errors import InvalidRequest
from sse_board.sessions.cards import by_app, card
from sse_board.sessions.forms import fields_of, told
from sse_board.sessions.metrics import LiveRun


def run(id: str = "a", app: str = "typing", **values: float) -> LiveRun:
    return LiveRun(id, "u", "Ada", app, 1_000, values, ticks=len(values))


def test_a_card_says_the_apps_own_number_and_then_the_rest() -> None:
    one = card(run(currentWpm=72.5, currentAccuracy=96, progress=40))
    assert (one.metric, one.unit, one.done) == ("72.5", "wpm", 40)
    assert one.facts == ("96 % right", "40 % done")
    assert card(run(app="piano", currentScore=123456)).metric == "123,456"


def test_before_anything_was_told_nothing_is_claimed() -> None:
    one = card(run())
    assert (one.metric, one.done, one.facts) == (None, None, ())


def test_runs_of_an_app_stand_side_by_side_the_best_first() -> None:
    lanes = by_app([run("a", currentWpm=10), run("b", "math"), run("c"), run("d", currentWpm=30)])
    assert [(lane.app, [card.id for card in lane.cards]) for lane in lanes] == [
        ("math", ["b"]),
        ("typing", ["d", "a", "c"]),
    ]


def test_what_is_told_later_is_newer_and_an_end_is_another_epoch() -> None:
    first, second = card(run(currentWpm=1)), card(run(currentWpm=1, progress=2))
    assert first.version < second.version
    ended = LiveRun("a", "u", "Ada", "typing", 1_000, {}, ended=2_000)
    assert card(ended).version.epoch != second.version.epoch


@pytest.mark.parametrize(
    ("app", "names"),
    [
        ("typing", ["currentWpm", "currentAccuracy", "progress"]),
        ("math", ["currentAccuracy", "progress"]),
        ("piano", ["currentScore", "progress"]),
        ("chess", ["currentScore", "progress"]),
    ],
)
def test_a_form_asks_for_what_the_app_knows(app: str, names: list[str]) -> None:
    assert [field.name for field in fields_of(app)] == names


def test_a_form_tells_what_was_filled_in() -> None:
    assert told("typing", {"currentWpm": " 72,5 ", "progress": "", "currentScore": "9"}) == {"currentWpm": 72.5}


@pytest.mark.parametrize("typed", ["fast", "301", "-1", "nan", "inf", "1" * 30, "1_0e9999"])
def test_what_is_no_number_in_bounds_is_refused_by_name(typed: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        told("typing", {"currentWpm": typed})
    details: Any = refused.value.details
    assert details == {"currentWpm": "a number from 0 to 300"}
