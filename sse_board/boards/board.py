"""The nouns of the room: a board, a row of it, and a window onto it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sse_board.boards.velocity import Sample
from sse_board.version import Version

Policy = Literal["sum", "best", "latest"]
Direction = Literal["desc", "asc"]
Ties = Literal["first", "shared"]

#: The board that is meant where none is named.
DEFAULT_BOARD = "scoreboard"
#: Scores are integers × 10^decimals that a double holds exactly: Redis ranks by doubles.
SCORE_LIMIT = 2**53
#: Decimals of a board, at the most: a millionth of a point is fine enough.
DECIMALS_LIMIT = 6


@dataclass(frozen=True, slots=True)
class Board:
    """The rules of one leaderboard."""

    slug: str
    title: str
    unit: str
    policy: Policy
    direction: Direction
    decimals: int
    ties: Ties
    epoch: int

    def rank_key(self, score: int) -> int:
        """What entries are ordered by: the lower the better."""
        return -score if self.direction == "desc" else score

    def shown(self, score: int) -> int | Decimal:
        """The score as the wire writes it: 95, 95.5."""
        whole, rest = divmod(score, 10**self.decimals)
        return whole if rest == 0 else Decimal(score).scaleb(-self.decimals).normalize()


@dataclass(frozen=True, slots=True)
class Row:
    """One player's entry as stored. `score` is None after a void left nothing.

    `seq` belongs to the action that gave the score and decides ties; `points` is what the player was awarded by
    all actions that fed this entry.
    """

    user_id: str
    username: str
    avatar_url: str | None
    score: int | None
    seq: int
    points: int | Decimal
    achieved_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as everybody sees it. `position` counts 1, 2, 3…; `rank` may be shared."""

    position: int
    rank: int
    user_id: str
    username: str
    avatar_url: str | None
    score: int
    achieved_at: datetime
    previous_rank: int | None = None

    @property
    def rank_change(self) -> int | None:
        """Places gained since the player's last action, negative for lost."""
        return None if self.previous_rank is None else self.previous_rank - self.rank

    def same_state(self, other: "Entry") -> bool:
        """Whether both show the same, movement aside."""
        return (self.position, self.rank, self.user_id, self.username, self.avatar_url, self.score) == (
            other.position,
            other.rank,
            other.user_id,
            other.username,
            other.avatar_url,
            other.score,
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Up to `limit` entries of a board from `offset`, at one version."""

    board: Board
    version: Version
    entries: tuple[Entry, ...]
    total: int
    limit: int
    offset: int
    updated_at: datetime
    #: How it was an hour ago, if that is known; no part of the state.
    past: Sample | None = None

    def velocity(self, entry: Entry) -> int | None:
        """Places that the player gained over the last hour, negative for lost."""
        return self.past.gained(self.board.epoch, entry.user_id, entry.rank) if self.past else None

    def top(self, limit: int) -> "Window":
        """The same window cut to its first `limit` entries."""
        return replace(self, entries=self.entries[:limit], limit=limit)


@dataclass(frozen=True, slots=True)
class Place:
    """What one version of a board says of one player; `standing` is None for who has no score."""

    version: Version
    standing: "Standing | None"


@dataclass(frozen=True, slots=True)
class Places:
    """The same of several players; who has no score is not in `standings`."""

    version: Version
    standings: "Mapping[str, Standing]"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one player stands on one board. `points`: awarded so far by the actions that fed the entry."""

    rank: int
    position: int
    score: int
    points: int | Decimal
