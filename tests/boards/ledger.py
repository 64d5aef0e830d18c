"""What boards should show, found out the plain way: each state anew from all that was ever done. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate

from sse_board.boards.board import Board, Ties
from sse_board.clock import iso
from sse_board.version import Version

#: (position, rank, user, name, picture, score, achieved at as the wire has it)
Shown = tuple[int, int, str, str, str | None, int, str]


@dataclass(frozen=True, slots=True)
class Done:
    """An action as it was accepted, with what it fed to each board. Each is worth one point."""

    user: str
    action_id: str
    seq: int
    at: datetime
    values: dict[str, int]


@dataclass(frozen=True, slots=True)
class State:
    """One version of one board: its rules then, its rows, and the points of each player on it."""

    board: Board
    rows: tuple[Shown, ...]
    points: dict[str, int]


@dataclass(slots=True)
class Ledger:
    """All that was committed, and every state that every board ever had."""

    boards: dict[str, Board]
    names: dict[str, tuple[str, str | None]]
    seq: int = 0
    log: list[Done] = field(default_factory=list)
    voided: list[Done] = field(default_factory=list)
    states: dict[str, dict[Version, State]] = field(default_factory=dict)
    newest: dict[str, Version] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._keep(self.boards)

    def act(self, batch: list[Done]) -> None:
        self.log += batch
        self.seq += len(batch)
        self._keep({slug for done in batch for slug in done.values})

    def void(self, done: Done) -> None:
        self.log.remove(done)
        self.voided.append(done)
        self.seq += 1
        self._keep(done.values)

    def rename(self, user: str, name: str, picture: str | None) -> None:
        """Boards on which only voided actions stand for the player count it too."""
        self.names[user] = name, picture
        self.seq += 1
        self._keep({slug for done in (*self.log, *self.voided) if done.user == user for slug in done.values})

    def rule(self, slug: str, ties: Ties) -> None:
        before = self.boards[slug]
        self.boards[slug] = replace(before, ties=ties, epoch=before.epoch + (before.ties != ties))
        self.seq += 1
        self._keep([slug])

    def _keep(self, slugs: Iterable[str]) -> None:
        for slug in slugs:
            version = self.newest[slug] = Version(self.boards[slug].epoch, self.seq)
            self.states.setdefault(slug, {})[version] = self._state(self.boards[slug])

    def _state(self, board: Board) -> State:
        fed: dict[str, list[Done]] = {}
        for done in self.log:
            if board.slug in done.values:
                fed.setdefault(done.user, []).append(done)
        standing = sorted(
            (self._standing(board, user, done) for user, done in fed.items()), key=lambda row: row[:2]
        )
        keys = [key for key, *_ in standing]
        rows = [
            (place, _rank(board, keys, place), user, *self.names[user], score, iso(at))
            for place, (_, _, user, score, at) in enumerate(standing, 1)
        ]
        return State(board, tuple(rows), {user: len(done) for user, done in fed.items()})

    def _standing(self, board: Board, user: str, fed: list[Done]) -> tuple[int, int, str, int, datetime]:
        """(key, seq, user, score, at): the score stands since the action behind which it never changed."""
        scores = list(accumulate((done.values[board.slug] for done in fed), _merge(board)))
        since = max((at for at in range(1, len(scores)) if scores[at] != scores[at - 1]), default=0)
        key = -scores[-1] if board.direction == "desc" else scores[-1]
        return key, fed[since].seq, user, scores[-1], fed[since].at


def _merge(board: Board) -> Callable[[int, int], int]:
    if board.policy == "best":
        return max if board.direction == "desc" else min
    return (lambda before, value: before + value) if board.policy == "sum" else lambda before, value: value


def _rank(board: Board, keys: list[int], place: int) -> int:
    return 1 + keys.index(keys[place - 1]) if board.ties == "shared" else place
