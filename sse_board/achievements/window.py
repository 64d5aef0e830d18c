"""The best of a board in order, as it stood after one commit, taken along from commit to commit. Pure.

What an action made of a score stands in the log (`Effect`), so nothing is computed here but the order.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sse_board.achievements.definition import LOWEST_RANK
from sse_board.boards.board import Board


@dataclass(frozen=True, slots=True)
class Depth:
    """`needed`: rows that a window must have to answer what is asked of it.

    `kept`: rows it begins with, and is cut to again when it has twice as many; each action of one batch may take
    one away before the next look.
    """

    needed: int = LOWEST_RANK
    kept: int = 400


DEPTH = Depth()


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's score, and the action that gave it."""

    user_id: str
    score: int
    seq: int


#: The lower the better.
Key = tuple[int, int, str]


class Window:
    """All players before `floor`, and nobody behind it; without a floor it has the whole board."""

    def __init__(
        self, board: Board, standings: Iterable[Standing], *, is_whole: bool, depth: Depth = DEPTH
    ) -> None:
        """`standings`: at least the best `depth.kept` of the board, and all who share the last one's rank."""
        self.board = board
        self._keys = {one.user_id: self._key(one) for one in standings}
        self._rows = sorted(self._keys.values())
        self._floor: tuple[Any, ...] | None = None
        self._depth = depth
        if not is_whole or len(self._rows) > 2 * depth.kept:
            self._cut()

    def _key(self, one: Standing) -> Key:
        return self.board.rank_key(one.score), one.seq, one.user_id

    def has_room_for(self, changes: int) -> bool:
        """Whether it will still know enough after so many changes, whatever they are."""
        return self._floor is None or len(self._rows) - changes >= self._depth.needed

    def move(self, user_id: str, previous: int | None, score: int, seq: int) -> None:
        """An action made this of a score; one that stays the same keeps its place."""
        if score == previous:
            return
        before = self._keys.pop(user_id, None)
        if before is not None:
            del self._rows[bisect_left(self._rows, before)]
        key = self._key(Standing(user_id, score, seq))
        if self._floor is None or key < self._floor:
            self._keys[user_id] = key
            insort(self._rows, key)
        if len(self._rows) > 2 * self._depth.kept:
            self._cut()

    def _cut(self) -> None:
        """Behind the last row, or behind all who share its rank: nobody who shares one is left out."""
        kept = min(self._depth.kept, len(self._rows))
        if kept and self.board.ties == "shared":
            kept = bisect_left(self._rows, (self._rows[kept - 1][0] + 1,))
        for _, _, user_id in self._rows[kept:]:
            del self._keys[user_id]
        del self._rows[kept:]
        if self._rows:
            last = self._rows[-1]
            self._floor = (last[0] + 1,) if self.board.ties == "shared" else last

    def rank(self, user_id: str) -> int | None:
        """None for who is not on the board, or behind the window."""
        key = self._keys.get(user_id)
        return None if key is None else self._rank(key)

    def _rank(self, key: Key) -> int:
        return 1 + bisect_left(self._rows, key[:1] if self.board.ties == "shared" else key)

    def first(self, rank: int) -> Iterator[tuple[str, int]]:
        """(player, rank) of everybody down to this rank, the best first."""
        for key in self._rows:
            own = self._rank(key)
            if own > rank:
                return
            yield key[2], own

    @property
    def leader(self) -> str | None:
        return self._rows[0][2] if self._rows else None
