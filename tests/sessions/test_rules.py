"""When what was told while a run lasted backs a claim. Pure."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.sessions.metrics import LiveRun
from sse_board.sessions.rules import (
    MISMATCH,
    PROGRESS_MS,
    Evidence,
    RunRefused,
    agrees,
    check_evidence,
    is_lost,
)

WPM = frozenset({"wpm"})


def evidence(values: dict[str, float], *, at: int | None = 1_000, now: int = 2_000, **known: Any) -> Evidence:
    return Evidence(LiveRun("run", "user", "Ada", "typing", 0, values, at=at, **known), now)


def refused(told: Evidence, claimed: dict[str, Any], fed: frozenset[str] = WPM) -> dict[str, str]:
    """What the refusal names; nothing when there is none."""
    try:
        check_evidence(told, claimed, fed)
    except RunRefused as error:
        return dict(error.details or {})
    return {}


def test_a_refusal_says_of_which_run_it_speaks_and_how_it_is_flagged() -> None:
    with pytest.raises(RunRefused) as caught:
        check_evidence(evidence({}, at=None), {}, WPM)
    assert (caught.value.kind, caught.value.run_id) == (MISMATCH, "run")


@pytest.mark.parametrize(
    ("claimed", "live", "is_good"),
    [
        ("100", "100", True),
        ("110", "100", True),
        ("110.1", "100", False),
        ("90", "100", True),
        ("89.9", "100", False),
        ("2", "0", True),
        ("2.1", "0", False),
        ("7", "5", True),
        ("-100", "-109", True),
        ("100", "-100", False),
    ],
)
def test_a_tenth_of_what_was_told_last_or_two_where_that_is_more(claimed: str, live: str, is_good: bool) -> None:
    assert agrees(Decimal(claimed), Decimal(live), 2) == is_good


@given(st.decimals(0, 10_000, places=1))
def test_what_was_told_may_be_claimed(live: Decimal) -> None:
    assert agrees(live, live, 0)


def test_every_compared_field_must_agree() -> None:
    told = evidence({"currentWpm": 60, "currentAccuracy": 95})
    assert refused(told, {"wpm": Decimal("66.0"), "accuracy": 97}) == {}
    assert refused(told, {"wpm": 67, "accuracy": 97}) == {"wpm": "is 67, but `currentWpm` was 60"}
    assert list(refused(told, {"wpm": 60, "accuracy": 80})) == ["accuracy"]
    assert refused(told, {"wpm": 60, "moves": 12}) == {}, "nothing is told of moves"


def test_what_feeds_a_board_must_have_been_told_and_the_rest_need_not() -> None:
    told = evidence({"currentAccuracy": 95, "progress": 100})
    assert refused(told, {"wpm": 60, "accuracy": 95}) == {"wpm": "was never told as `currentWpm`"}
    assert refused(evidence({"currentWpm": 60}), {"wpm": 60, "accuracy": 95}) == {}


def test_comprehension_may_be_told_as_accuracy_or_score() -> None:
    fed = frozenset({"comprehension"})
    for name in ("currentAccuracy", "currentScore"):
        assert refused(evidence({name: 88}), {"comprehension": 88}, fed) == {}
        assert refused(evidence({name: 60}), {"comprehension": 88}, fed)


def test_progress_must_be_of_the_last_minute() -> None:
    claimed = {"wpm": 60}
    assert refused(evidence({"currentWpm": 60}, at=0, now=PROGRESS_MS), claimed) == {}
    late = {"sessionId": "had no progress in the last 60 seconds"}
    assert refused(evidence({"currentWpm": 60}, at=0, now=PROGRESS_MS + 1), claimed) == late
    assert refused(evidence({}, at=None), claimed) == late


def test_lost_is_not_the_same_as_never_told() -> None:
    assert is_lost(None)
    assert is_lost(evidence({}, at=None, lost=500))
    assert not is_lost(evidence({}, at=None)), "Redis knows the run since it began"
    assert not is_lost(evidence({"currentWpm": 60}, lost=500)), "it was told again since"
