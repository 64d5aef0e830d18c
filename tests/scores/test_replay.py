"""Voiding: whatever goes, in whatever order and whenever, the score is what the rest make from nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.boards.board import SCORE_LIMIT, Board
from sse_board.boards.rules import InexactScore, Present, apply
from sse_board.scores.replay import Fed, replay, shortcut

START = datetime(2026, 1, 10, tzinfo=UTC)

BOARDS = st.builds(
    Board,
    slug=st.just("b"),
    title=st.just("B"),
    unit=st.just(""),
    policy=st.sampled_from(["sum", "best", "latest"]),
    direction=st.sampled_from(["desc", "asc"]),
    decimals=st.just(0),
    ties=st.just("first"),
    epoch=st.just(1),
)
#: An action of this value, or (None) the void of one of those that are left: few values, so that many are equal.
STEPS = st.lists(st.integers(-2, 2) | st.tuples(st.none(), st.integers(0, 100)), max_size=40)


def board(policy: Any, direction: Any = "desc") -> Board:
    return Board("b", "B", "", policy, direction, 0, "first", 1)


def fed(*values: int) -> list[Fed]:
    """The first has seq 1."""
    return [Fed(seq, value, START + timedelta(seconds=seq)) for seq, value in enumerate(values, 1)]


def without(one: Board, present: Present, gone: Fed, rest: list[Fed]) -> Present | None:
    """As a void does it: the short way where there is one."""
    return shortcut(one, present, gone) or replay(one, rest)


@given(one=BOARDS, steps=STEPS)
def test_any_voids_among_any_actions_leave_what_the_rest_make(one: Board, steps: list[Any]) -> None:
    left: list[Fed] = []
    present: Present | None = None
    for seq, step in enumerate(steps, 1):
        if isinstance(step, int):
            left.append(Fed(seq, step, START + timedelta(seconds=seq)))
            present = apply(one, present, step, seq, left[-1].at)
        elif left:
            gone = left.pop(step[1] % len(left))
            assert present is not None
            present = without(one, present, gone, left)
        assert present == replay(one, left)


@given(one=BOARDS, values=st.lists(st.integers(-2, 2), min_size=1, max_size=8), data=st.data())
def test_the_order_of_voids_does_not_matter(one: Board, values: list[int], data: st.DataObject) -> None:
    actions = fed(*values)
    order = data.draw(st.permutations(actions))
    present, left = replay(one, actions), list(actions)
    for gone in order:
        left.remove(gone)
        assert present is not None
        present = without(one, present, gone, left)
        assert present == replay(one, left)
    assert present is None


@pytest.mark.parametrize(
    ("policy", "direction", "values", "gone", "score", "seq"),
    [
        ("sum", "desc", [10, 20, 30], 1, 50, 3),
        ("sum", "desc", [10, 20, 30], 3, 30, 2),
        ("sum", "desc", [10, 20, 0], 2, 10, 1),
        ("best", "desc", [7, 9, 9, 8], 2, 9, 3),
        ("best", "desc", [7, 9, 9, 8], 1, 9, 2),
        ("best", "asc", [7, 5, 7, 6], 2, 6, 4),
        ("latest", "desc", [5, 7, 5], 2, 5, 1),
        ("latest", "desc", [5, 7, 7], 3, 7, 2),
        ("latest", "asc", [5, 7], 2, 5, 1),
    ],
)
def test_the_place_is_that_of_the_action_that_gives_the_score_now(
    policy: str, direction: str, values: list[int], gone: int, score: int, seq: int
) -> None:
    one, actions = board(policy, direction), fed(*values)
    present = replay(one, actions)
    assert present is not None
    voided = actions.pop(gone - 1)
    left = without(one, present, voided, actions)
    assert left == Present(score, seq, START + timedelta(seconds=seq))


def test_a_sum_that_would_be_too_large_without_the_action_is_refused() -> None:
    actions = fed(SCORE_LIMIT - 1, -5, 5, 0)
    present = replay(board("sum"), actions)
    assert present is not None
    with pytest.raises(InexactScore):
        without(board("sum"), present, actions.pop(1), actions)
