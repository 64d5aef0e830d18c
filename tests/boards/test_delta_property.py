"""For any two states of a window, applying the delta to the first gives the second."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sse_board.boards.board import Board, Row, Window
from sse_board.boards.delta import between, payload, whole
from sse_board.boards.rules import ranked
from sse_board.version import Version
from sse_board.web.answers import encode
from tests.support.clients import parse
from tests.support.replica import Replica, State, row_of

AT = datetime(2026, 1, 10, tzinfo=UTC)
LIMITS = st.sampled_from([1, 3, 10, 25])
BOARD = Board("race", "Race", "", "sum", "desc", 0, "first", 1)
BOARDS = st.builds(
    lambda direction, ties, decimals: replace(BOARD, direction=direction, ties=ties, decimals=decimals),
    st.sampled_from(["desc", "asc"]),
    st.sampled_from(["first", "shared"]),
    st.sampled_from([0, 1]),
)
#: Score and place in the commit order of each player who has an entry; few scores, so that many are equal.
SCORES = st.dictionaries(st.integers(0, 30), st.tuples(st.integers(-3, 3), st.integers(1, 99)), max_size=30)
PICTURES = st.dictionaries(st.integers(0, 30), st.just("/avatars/new"), max_size=3)

Scores = dict[int, tuple[int, int]]


def window(board: Board, scores: Scores, pictures: dict[int, str], limit: int, seq: int) -> Window:
    rows = [
        Row(f"user-{player:02}", f"Player {player}", pictures.get(player), score, place * 100 + player, 0, AT)
        for player, (score, place) in scores.items()
    ]
    ordered = sorted(rows, key=lambda row: (board.rank_key(row.score or 0), row.seq))
    entries = ranked(board, ordered[:limit])
    return Window(board, Version(board.epoch, seq), entries, len(rows), limit, 0, AT)


def shown(state: Window) -> State:
    """The whole state as it reads on the wire."""
    entries = parse(encode(payload(whole(state), "")))["entries"]
    return tuple(map(row_of, entries)), state.total


@given(BOARDS, LIMITS, st.lists(st.tuples(SCORES, PICTURES), min_size=2, max_size=4))
def test_applying_the_deltas_gives_the_last_state(
    board: Board, limit: int, steps: list[tuple[Scores, dict[int, str]]]
) -> None:
    states = [window(board, *step, limit, seq) for seq, step in enumerate(steps, 1)]
    follow(states, limit)


@given(BOARDS, LIMITS, SCORES, st.integers(0, 30), st.integers(-3, 3))
def test_one_player_who_moves_is_told_in_few_rows(
    board: Board, limit: int, scores: Scores, player: int, score: int
) -> None:
    moved = {**scores, player: (score, 100)}
    follow([window(board, step, {}, limit, seq) for seq, step in enumerate((scores, moved), 1)], limit)


def follow(states: list[Window], limit: int) -> None:
    """Hand a client the first state and every delta; it holds each to the contract (`Replica`)."""
    replica = Replica(limit)
    last = states[0]
    replica.apply(parse(encode(payload(whole(last), ""))))
    for state in states[1:]:
        change = between(last, state)
        if change is None:
            assert shown(state) == shown(last)
            continue
        replica.apply(parse(encode(payload(change, ""))))
        last = state
        assert replica.version == str(state.version)
    assert replica.state == shown(states[-1])
    assert replica.repairs == 0


@given(BOARDS, SCORES, SCORES)
def test_a_new_epoch_is_told_as_a_whole(board: Board, before: Scores, after: Scores) -> None:
    old, new = window(board, before, {}, 10, 5), window(replace(board, epoch=2), after, {}, 10, 6)
    change = between(old, new)
    assert change is not None
    assert change.snapshot
    assert (change.previous_version, len(change.entries)) == ("1-5", len(new.entries))
