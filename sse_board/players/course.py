"""How a score came about, from the actions that count. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sse_board.boards.board import Board


@dataclass(frozen=True, slots=True)
class Change:
    """What one action fed to one board, in its smallest unit, and the score before it, if there was one."""

    value: int
    previous: int | None


def course(board: Board, present: int, changes: Sequence[Change]) -> list[int]:
    """The scores that led to `present`, which is the last; `changes` in commit order, without what is void.

    A void leaves what was logged of the actions after it as it was, so nothing is told that the present score does
    not bear out: a sum is counted back from it, and no earlier best was better than it is.
    """
    if not changes:
        return [present]
    return _COURSES[board.policy](board, present, changes)


def _summed(board: Board, present: int, changes: Sequence[Change]) -> list[int]:
    steps = (-change.value for change in reversed(changes))
    return list(accumulate(steps, initial=present))[::-1]


def _best(board: Board, present: int, changes: Sequence[Change]) -> list[int]:
    def better(one: int, other: int) -> int:
        return min(one, other, key=board.rank_key)

    def bounded(score: int) -> int:
        return max(score, present, key=board.rank_key)

    first = changes[0].previous
    before = [] if first is None else [bounded(first)]
    scores = [*before, *(bounded(change.value) for change in changes)]
    return _ending(list(accumulate(scores, better)), present)


def _latest(board: Board, present: int, changes: Sequence[Change]) -> list[int]:
    return _ending([change.value for change in changes], present)


def _ending(scores: list[int], present: int) -> list[int]:
    """The last may have been read a moment before or after the others."""
    return scores if scores[-1] == present else [*scores, present]


_COURSES: dict[str, Callable[[Board, int, Sequence[Change]], list[int]]] = {
    "sum": _summed,
    "best": _best,
    "latest": _latest,
}


def thinned(scores: Sequence[int], most: int) -> list[int]:
    """At most so many of them (two or more), evenly spread, the first and the last among them."""
    if len(scores) <= most:
        return list(scores)
    step = (len(scores) - 1) / (most - 1)
    return [scores[round(place * step)] for place in range(most)]
