"""A score without one of the actions that made it, as if that action had never been. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sse_board.boards.board import Board
from sse_board.boards.rules import Present, apply, in_range


@dataclass(frozen=True, slots=True)
class Fed:
    """What one action of a player fed to one board, in its smallest unit."""

    seq: int
    value: int
    at: datetime


def replay(board: Board, fed: Iterable[Fed]) -> Present | None:
    """The score that these make from nothing, in commit order. Raises InexactScore."""
    present: Present | None = None
    for one in fed:
        present = apply(board, present, one.value, one.seq, one.at)
    return present


def shortcut(board: Board, present: Present, gone: Fed) -> Present | None:
    """The score without `gone` where the rest need not be read for it; None where it must. Raises InexactScore.

    Only the action that gave the present score holds its place. Of the others, one that is not the best can go
    unnoticed, and a sum is less by its value. An earlier one of a latest score may have stood between two equal
    ones, of which the first counts then.
    """
    if gone.seq == present.seq or (board.policy == "latest" and gone.seq < present.seq):
        return None
    if board.policy == "sum":
        return Present(in_range(present.score - gone.value), present.seq, present.achieved_at)
    return present
