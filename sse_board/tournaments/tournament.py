"""The nouns of the room. Pure; points are counted in half-points, so that they are integers.

They are read from arrays: the fields stand in the order in which the query `picture` gives them.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from sse_board.version import Version

System = Literal["swiss", "round_robin", "manual"]
Edition = Literal["2024", "2026"]
TieBreak = Literal["BH", "BH-C1", "SB", "SB-C1", "DE", "WIN", "WON", "PS"]
#: Players enter while it is `upcoming`, rounds are played while it is `active`.
TournamentStatus = Literal["upcoming", "active", "completed"]
#: While it is `pairing` a round has no games yet; `paired` ones wait for their start.
RoundStatus = Literal["pairing", "paired", "active", "completed"]
GameStatus = Literal["pending", "active", "completed"]
#: White's side first. The last three are forfeits: nobody moved.
Result = Literal["1-0", "0-1", "1/2-1/2", "+/-", "-/+", "-/-"]
#: What a round without a game is: given by the pairing, a full, a half or no point as the organiser says.
Bye = Literal["pairing", "full", "half", "zero"]

#: Rounds of a tournament, at the most: TRF16 knows no more, and nobody plays them.
ROUNDS_LIMIT = 99
#: Participants, at the most: a TRF16 number has four digits, and pairing more takes minutes.
PARTICIPANTS_LIMIT = 1_000


class Points(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a game, or a bye given by the pairing, is worth: half-points."""

    win: int = 2
    draw: int = 1
    loss: int = 0
    bye: int = 2


class Tournament(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`trf`: what an imported file said besides, so that an export can say it again."""

    id: str
    name: str
    starts_at: datetime
    rounds: int
    system: System
    tie_breaks: tuple[TieBreak, ...]
    edition: Edition
    points: Points
    status: TournamentStatus
    epoch: int
    seq: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    trf: Mapping[str, Any] = {}

    @property
    def version(self) -> Version:
        """Of its standings, and of all that is shown of it."""
        return Version(self.epoch, self.seq)


class Participant(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`number` is the place in the initial ranking, None before the start.

    `entered_round` is the first round that they could play; `withdrawn_from` the first one that they do not play
    any more, None for who stays; `byes` what they asked for, by round.
    """

    id: str
    number: int | None
    name: str
    rating: int | None
    title: str | None
    user_id: str | None
    entered_round: int = 1
    withdrawn_from: int | None = None
    byes: Mapping[int, Bye] = {}
    trf: Mapping[str, Any] = {}

    def plays(self, round: int) -> bool:
        """Whether they are there for that round, byes aside."""
        return self.entered_round <= round and (self.withdrawn_from is None or round < self.withdrawn_from)


class Game(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A game, or the bye of `white`, who then has no opponent and `bye` says which. `rated` is no for what TRF16
    writes W, D and L: a game that was played and counts in the standings alone. `revision` rises with each
    result that is entered."""

    id: str
    board: int
    white: str
    black: str | None
    bye: Bye | None
    result: Result | None
    status: GameStatus
    rated: bool = True
    revision: int = 0


class Round(msgspec.Struct, frozen=True, array_like=True, gc=False):
    number: int
    status: RoundStatus
    games: tuple[Game, ...] = ()


class Picture(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A whole tournament at one version: participants by their number, else by their names; rounds and games in
    order.

    Who has no game in a round that was paired was absent: a bye without points that they asked for.
    """

    tournament: Tournament
    participants: tuple[Participant, ...]
    rounds: tuple[Round, ...]

    @property
    def version(self) -> Version:
        return self.tournament.version

    def participant(self, id: str) -> Participant | None:
        return next((one for one in self.participants if one.id == id), None)

    def round(self, number: int) -> Round | None:
        return next((one for one in self.rounds if one.number == number), None)


class Pairing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One board of a round to come, or a bye: ids of participants."""

    white: str
    black: str | None = None
    bye: Bye | None = None


def shown(halves: int) -> int | Decimal:
    """Half-points as the wire writes them: 3, 3.5."""
    return halves // 2 if halves % 2 == 0 else Decimal(halves) / 2
