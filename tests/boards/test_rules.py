"""Policies, ties and exact scores."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.boards.board import SCORE_LIMIT, Board, Row
from sse_board.boards.rules import InexactScore, Present, apply, exact, ranked

NOW = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)


def board(**rules: Any) -> Board:
    defaults: dict[str, Any] = {"policy": "sum", "direction": "desc", "decimals": 0, "ties": "first"}
    return Board(slug="b", title="B", unit="", epoch=1, **{**defaults, **rules})


def replay(one: Board, values: list[tuple[int, int, datetime]]) -> Present | None:
    present: Present | None = None
    for value, seq, at in values:
        present = apply(one, present, value, seq, at)
    return present


def row(name: str, score: int, seq: int) -> Row:
    return Row(name, name, None, score, seq, 0, NOW)


@pytest.mark.parametrize(
    ("policy", "direction", "values", "score"),
    [
        ("sum", "desc", [100, 10, -5], 105),
        ("best", "desc", [90, 95, 93], 95),
        ("best", "asc", [61, 59, 60], 59),
        ("latest", "desc", [90, 95, 93], 93),
    ],
)
def test_each_policy_merges_scores_its_way(policy: str, direction: str, values: list[int], score: int) -> None:
    present = replay(
        board(policy=policy, direction=direction), [(value, seq, NOW) for seq, value in enumerate(values)]
    )
    assert present is not None
    assert present.score == score


def test_an_unchanged_score_keeps_its_place_among_equals() -> None:
    first = Present(95, 7, NOW)
    assert apply(board(policy="best"), first, 95, 8, NOW + timedelta(seconds=1)) is first
    assert apply(board(policy="best"), first, 90, 8, NOW) is first
    assert apply(board(policy="sum"), first, 0, 8, NOW) is first


def test_shared_ties_give_one_rank_and_leave_a_gap() -> None:
    rows = [row("a", 30, 1), row("b", 20, 2), row("c", 20, 3), row("d", 10, 4)]
    assert [entry.rank for entry in ranked(board(ties="shared"), rows)] == [1, 2, 2, 4]
    assert [entry.position for entry in ranked(board(ties="shared"), rows)] == [1, 2, 3, 4]
    assert [entry.rank for entry in ranked(board(), rows)] == [1, 2, 3, 4]


def test_a_shared_rank_goes_on_over_the_edge_of_a_window() -> None:
    rows = [row("c", 20, 3), row("d", 10, 4)]
    entries = ranked(board(ties="shared"), rows, offset=2, first_rank=2)
    assert [(entry.position, entry.rank) for entry in entries] == [(3, 2), (4, 4)]


@pytest.mark.parametrize(
    ("decimals", "value", "stored"),
    [(0, 95, 95), (1, 95, 950), (1, Decimal("95.5"), 955), (1, Decimal("95.50"), 955), (2, Decimal("-0.07"), -7)],
)
def test_scores_are_exact_integers(decimals: int, value: Any, stored: int) -> None:
    assert exact(board(decimals=decimals), value) == stored


@pytest.mark.parametrize(
    ("decimals", "value"),
    [
        (0, Decimal("95.5")),
        (1, Decimal("95.55")),
        (0, SCORE_LIMIT),
        (1, SCORE_LIMIT // 10 + 1),
        (0, Decimal("1e999999")),
        (0, Decimal("1e-999999")),
        (0, Decimal("1.00000000000000000000000000000000001")),
        (0, Decimal("Infinity")),
    ],
)
def test_what_is_not_exact_is_refused(decimals: int, value: Any) -> None:
    with pytest.raises(InexactScore):
        exact(board(decimals=decimals), value)


def test_a_sum_cannot_grow_beyond_what_is_exact() -> None:
    with pytest.raises(InexactScore):
        apply(board(), Present(SCORE_LIMIT - 1, 1, NOW), 1, 2, NOW)


@given(score=st.integers(-SCORE_LIMIT + 1, SCORE_LIMIT - 1), decimals=st.integers(0, 6))
def test_a_shown_score_reads_back_as_it_was(score: int, decimals: int) -> None:
    one = board(decimals=decimals)
    assert exact(one, one.shown(score)) == score


@given(
    policy=st.sampled_from(["sum", "best", "latest"]),
    direction=st.sampled_from(["desc", "asc"]),
    values=st.lists(st.integers(-1000, 1000), min_size=1, max_size=20),
)
def test_the_seq_of_a_score_is_that_of_the_action_that_gave_it(
    policy: str, direction: str, values: list[int]
) -> None:
    one = board(policy=policy, direction=direction)
    present = replay(one, [(value, seq, NOW) for seq, value in enumerate(values)])
    assert present is not None
    before = replay(one, [(value, seq, NOW) for seq, value in enumerate(values[: present.seq])])
    after = replay(one, [(value, seq, NOW) for seq, value in enumerate(values[: present.seq + 1])])
    assert after is not None
    assert after.score == present.score
    assert before is None or before.score != present.score or present.seq == 0
