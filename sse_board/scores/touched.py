"""Which standings the newest changes of each board may have touched. Pure."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from sse_board.boards.hint import Hint, Span
from sse_board.version import Version

#: Users and spans remembered of a board's changes: more than come between two looks at a busy board, and about
#: half a MB. What is older may have touched anybody.
REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class Touch:
    """What happened to a board since some version. `firsts` and `lasts`: ranks, ascending and apart."""

    anybody: bool
    users: frozenset[str]
    firsts: tuple[int, ...]
    lasts: tuple[float, ...]

    def acted(self, user_id: str) -> bool:
        return self.anybody or user_id in self.users

    def moved(self, rank: int) -> bool:
        """Whether who had this rank, and did not act, may have another now."""
        place = bisect_right(self.firsts, rank) - 1
        return place >= 0 and rank <= self.lasts[place]


ANYBODY = Touch(True, frozenset(), (), ())


class _Changes:
    """Those of one board, without a gap, from version `floor` on."""

    def __init__(self, floor: Version, heard: Version) -> None:
        self.floor = floor
        self.heard = heard
        self._hints: deque[Hint] = deque()
        self._size = 0

    def add(self, hint: Hint) -> None:
        self._hints.append(hint)
        self.heard = hint.version
        self._size += _size(hint)
        while self._size > REMEMBERED:
            oldest = self._hints.popleft()
            self._size -= _size(oldest)
            self.floor = oldest.version

    def since(self, version: Version, most: int) -> Touch:
        if version < self.floor:
            return ANYBODY
        hints: list[Hint] = []
        for hint in reversed(self._hints):
            if hint.version <= version:
                break
            most -= _size(hint)
            if most < 0:
                return ANYBODY
            hints.append(hint)
        spans = _merged(span for hint in hints for span in hint.spans)
        users = frozenset(user for hint in hints for user in hint.users or ())
        return Touch(False, users, tuple(first for first, _ in spans), tuple(last for _, last in spans))


class Touched:
    """Hears every hint; those that come late say nothing, a gap between two means that anybody was touched."""

    def __init__(self) -> None:
        self._boards: dict[str, _Changes] = {}

    def changed(self, board: str, hint: Hint) -> None:
        changes = self._boards.get(board)
        if changes is not None and hint.version <= changes.heard:
            return
        if hint.users is None or hint.start is None:
            self._boards[board] = _Changes(hint.version, hint.version)
            return
        if changes is None or hint.start > changes.heard or hint.start.epoch != changes.heard.epoch:
            changes = self._boards[board] = _Changes(hint.start, hint.start)
        changes.add(hint)

    def forget(self) -> None:
        """Hints may have been missed."""
        self._boards.clear()

    def read(self, board: str, version: Version) -> None:
        """The board was read: what comes after this will be heard."""
        if board not in self._boards:
            self._boards[board] = _Changes(version, version)

    def heard(self) -> dict[str, Version]:
        """The newest version of each board that was heard of."""
        return {board: changes.heard for board, changes in self._boards.items()}

    def since(self, board: str, version: Version | None, most: int = REMEMBERED) -> Touch | None:
        """What happened to the board after `version`; None for nothing. Without a version it was never read.

        `most`: more users and spans than that are not looked through, but may have touched anybody.
        """
        changes = self._boards.get(board)
        if version is None or changes is None:
            return ANYBODY
        return changes.since(version, most) if version < changes.heard else None


def _size(hint: Hint) -> int:
    return 1 + len(hint.users or ()) + len(hint.spans)


def _merged(spans: Iterable[Span]) -> list[tuple[int, float]]:
    """The same ranks in as few spans as can be, ascending."""
    merged: list[tuple[int, float]] = []
    for first, last in sorted((first, inf if last is None else last) for first, last in spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
