from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.boards.board import Board
from sse_board.boards.rules import Present, apply
from sse_board.players.course import Change, course, thinned

WHEN = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)
Policy = Literal["sum", "best", "latest"]
POLICIES: tuple[Policy, ...] = ("sum", "best", "latest")


def board(policy: Policy, direction: Literal["desc", "asc"] = "desc") -> Board:
    return Board("jump", "Jump", "cm", policy, direction, 0, "first", 1)


def played(board: Board, values: list[int]) -> tuple[list[int], list[Change]]:
    """The score after each of these, by the rules that scores are made by, and what the log says of them."""
    present: Present | None = None
    scores: list[int] = []
    changes: list[Change] = []
    for seq, value in enumerate(values):
        previous = present.score if present else None
        present = apply(board, present, value, seq, WHEN)
        scores.append(present.score)
        changes.append(Change(value, previous))
    return scores, changes


values = st.lists(st.integers(-1000, 1000), min_size=1, max_size=30)


@given(values, st.sampled_from(POLICIES), st.sampled_from(("desc", "asc")), st.integers(0, 29))
def test_the_course_is_what_the_scores_were(
    fed: list[int], policy: Policy, direction: Literal["desc", "asc"], first: int
) -> None:
    """Of all actions, or of the newest only: before those it begins with the score that they found."""
    one = board(policy, direction)
    scores, changes = played(one, fed)
    first = min(first, len(fed) - 1)
    found = course(one, scores[-1], changes[first:])
    assert found[-len(scores[first:]) :] == scores[first:]


@given(values, values, st.sampled_from(POLICIES))
def test_what_was_void_leaves_no_trace(fed: list[int], gone: list[int], policy: Policy) -> None:
    """The log of the others still says what they found, which is better than anything that counts."""
    one = board(policy)
    scores, _ = played(one, fed)
    _, changes = played(one, [*gone, *fed])
    found = course(one, scores[-1], changes[len(gone) :])
    assert found[-1] == scores[-1]
    if policy == "best":
        assert max(found) == scores[-1]
    else:
        assert found[-len(fed) :] == scores


def test_who_did_nothing_lately_has_no_course() -> None:
    assert course(board("sum"), 30, []) == [30]


@pytest.mark.parametrize("policy", ["best", "latest"])
def test_a_score_that_came_while_it_was_read_is_the_last(policy: Policy) -> None:
    assert course(board(policy), 50, [Change(10, None), Change(20, 10)]) == [10, 20, 50]


@given(st.lists(st.integers(), min_size=2, max_size=200), st.integers(2, 60))
def test_a_thinned_course_begins_and_ends_as_it_did(scores: list[int], most: int) -> None:
    found = thinned(scores, most)
    assert len(found) == min(most, len(scores))
    assert (found[0], found[-1]) == (scores[0], scores[-1])
