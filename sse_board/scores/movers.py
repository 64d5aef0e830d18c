"""Who moved a board last: told beside a changed rank, where it is certain."""

from collections.abc import Sequence
from dataclasses import dataclass

from sse_board.version import Version


@dataclass(frozen=True, slots=True)
class Move:
    """From one version of a board to another nobody acted but this user."""

    start: Version
    end: Version
    user_id: str


class Movers:
    """Keeps the newest move of each board; what several did at once, or nobody knows who, is none."""

    def __init__(self) -> None:
        self._heard: dict[str, Version] = {}
        self._moves: dict[str, Move] = {}

    def changed(self, board: str, version: Version, users: Sequence[str] | None) -> None:
        """None for `users` means anybody. Hints come in any order, late ones say nothing."""
        before = self._heard.get(board)
        if before is not None and version <= before:
            return
        self._heard[board] = version
        move = self._moves.pop(board, None)
        if before is None or users is None or len(users) != 1:
            return
        start = move.start if move and move.user_id == users[0] else before
        self._moves[board] = Move(start, version, users[0])

    def forget(self) -> None:
        """Hints may have been missed: nothing that was heard so far is certain any more."""
        self._heard.clear()
        self._moves.clear()

    def all(self) -> dict[str, Move]:
        """The newest of each board, by slug."""
        return dict(self._moves)
