"""The nouns of the room: an action type, a claim, and what a claim is worth."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sse_board.boards.board import Board
from sse_board.errors import InvalidAction
from sse_board.sessions.rules import Evidence

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Bound:
    """What a metadata field may hold; None for no limit on that side."""

    min: Number | None = None
    max: Number | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """What an action is worth: `fixed`, or the metadata `field` within its bound."""

    fixed: Number | None = None
    field: str | None = None
    bound: Bound = Bound()


@dataclass(frozen=True, slots=True)
class Target:
    """A board that the type feeds, with a metadata field or (None) with the points."""

    board: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class ActionType:
    slug: str
    points: Points
    targets: tuple[Target, ...]
    bounds: dict[str, Bound]
    cooldown_seconds: int = 0
    daily_cap: int | None = None
    requires_session: bool = False

    @property
    def fed_by(self) -> frozenset[str]:
        """The metadata fields that boards, or the points, come from."""
        fields = {target.field for target in self.targets} | {self.points.field}
        return frozenset(field for field in fields if field is not None)

    @property
    def limits_itself(self) -> bool:
        return self.cooldown_seconds > 0 or self.daily_cap is not None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a player says was done. `problem` is why the body cannot be accepted, told only in its turn.

    `evidence`: what was told while the run that backs it lasted; None where there is none, or where it is lost.
    """

    user_id: str
    action_id: str
    action_type: str
    claimed_at: datetime
    metadata: dict[str, Any]
    signature: str
    request_id: str
    problem: InvalidAction | None = None
    evidence: Evidence | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.user_id, self.action_id


@dataclass(frozen=True, slots=True)
class Award:
    """What the server decided that a claim is worth: points, and a value in the smallest unit for each board."""

    points: Number
    values: tuple[tuple[Board, int], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action did to one board, in its smallest unit. `previous` is None for a first score."""

    board: str
    value: int
    previous: int | None
    score: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """An action as the log has it."""

    claim: Claim
    seq: int
    points: Number
    effects: tuple[Effect, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Logged:
    """An action as the log has it for those who follow it."""

    seq: int
    user_id: str
    action_id: str
    action_type: str
    points: Number
    effects: tuple[Effect, ...]
    at: datetime
    voided: bool
