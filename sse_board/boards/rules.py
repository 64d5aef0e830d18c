"""How scores change and how equal ones stand. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sse_board.boards.board import SCORE_LIMIT, Board, Entry, Row


class InexactScore(ValueError):
    """The value has more decimals than the board, or is too large to be exact."""


#: No exact score needs more digits or a wider exponent than this; longer numbers are not even computed with.
DIGITS_LIMIT = 25


def exact(board: Board, value: int | Decimal) -> int:
    """`value` in the board's smallest unit. Raises InexactScore."""
    number = Decimal(value)
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or len(digits) > DIGITS_LIMIT or abs(exponent) > DIGITS_LIMIT:
        raise InexactScore("has too many digits to be exact")
    scaled = number.scaleb(board.decimals)
    if scaled != scaled.to_integral_value():
        raise InexactScore(f"takes at most {board.decimals} decimals on board {board.slug}")
    return in_range(int(scaled))


def in_range(score: int) -> int:
    if abs(score) >= SCORE_LIMIT:
        raise InexactScore("is too large: a score must stay below 2^53 of the board's smallest unit")
    return score


@dataclass(frozen=True, slots=True)
class Present:
    """A player's present score on one board, and the action that gave it."""

    score: int
    seq: int
    achieved_at: datetime


def apply(board: Board, present: Present | None, value: int, seq: int, at: datetime) -> Present:
    """The score after one more action. An unchanged score keeps its place among equals. Raises InexactScore."""
    score = _merged(board, present, value)
    if present is not None and score == present.score:
        return present
    return Present(in_range(score), seq, at)


def _merged(board: Board, present: Present | None, value: int) -> int:
    if present is None or board.policy == "latest":
        return value
    if board.policy == "sum":
        return present.score + value
    return max(present.score, value) if board.direction == "desc" else min(present.score, value)


def ranked(
    board: Board,
    rows: Sequence[Row],
    *,
    offset: int = 0,
    first_rank: int = 1,
    moves: Sequence[int | None] = (),
) -> tuple[Entry, ...]:
    """Entries of consecutive rows. `first_rank` is the first row's rank, `moves` the rank of each before."""
    entries: list[Entry] = []
    for index, row in enumerate(rows):
        assert row.score is not None
        position = offset + index + 1
        rank = _rank(board, entries, row.score, position, first_rank)
        before = moves[index] if index < len(moves) else None
        entries.append(
            Entry(position, rank, row.user_id, row.username, row.avatar_url, row.score, row.achieved_at, before)
        )
    return tuple(entries)


def _rank(board: Board, above: Sequence[Entry], score: int, position: int, first_rank: int) -> int:
    if board.ties == "first":
        return position
    if not above:
        return first_rank
    return above[-1].rank if above[-1].score == score else position
