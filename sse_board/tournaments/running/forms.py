"""What organisers and players send, as far as it can be judged by itself. Points are whole points: 1, 0.5."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from sse_board.tournaments.tournament import ROUNDS_LIMIT, Bye, Edition, Result, System, TieBreak

#: Longer names fit no page and no TRF16 line: characters, before they are looked at more closely (`names.py`).
NAME_LENGTH = 100
#: Nobody was ever rated higher, and TRF16 has four digits.
RATING_LIMIT = 4_000
#: More than all there are say nothing new.
TIE_BREAKS_LIMIT = 8

Title = Literal["GM", "IM", "WGM", "FM", "WIM", "CM", "WFM", "WCM"]
#: What can be asked for; what is given by the pairing cannot.
RequestedBye = Literal["full", "half", "zero"]

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Rating = Annotated[int, msgspec.Meta(ge=1, le=RATING_LIMIT)]
RoundNumber = Annotated[int, msgspec.Meta(ge=1, le=ROUNDS_LIMIT)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
TieBreaks = Annotated[list[TieBreak], msgspec.Meta(min_length=1, max_length=TIE_BREAKS_LIMIT)]
Value = int | Decimal


class PointsForm(msgspec.Struct, forbid_unknown_fields=True):
    """`bye`: what one that is given by the pairing is worth; as a win where it is not told."""

    win: Value = 1
    draw: Value = Decimal("0.5")
    loss: Value = 0
    bye: Value | None = None


class NewTournament(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """`edition` of the tie-breaks' rules: by default the one in force when it starts."""

    name: Name
    starts_at: Moment
    rounds: RoundNumber
    system: System
    tie_breaks: TieBreaks
    edition: Edition | None = None
    points: PointsForm = msgspec.field(default_factory=PointsForm)


class TournamentEdit(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    starts_at: Moment | UnsetType = UNSET
    rounds: RoundNumber | UnsetType = UNSET
    system: System | UnsetType = UNSET
    tie_breaks: TieBreaks | UnsetType = UNSET
    edition: Edition | UnsetType = UNSET
    points: PointsForm | UnsetType = UNSET


class NewParticipant(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Either a user, who brings their name, or somebody by their name alone."""

    user_id: Id | None = None
    name: Name | None = None
    rating: Rating | None = None
    title: Title | None = None


class ParticipantEdit(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """`byes` replaces what was asked for in rounds that are not paired yet."""

    name: Name | UnsetType = UNSET
    rating: Rating | UnsetType | None = UNSET
    title: Title | UnsetType | None = UNSET
    byes: dict[RoundNumber, RequestedBye] | UnsetType = UNSET
    withdrawn: bool | UnsetType = UNSET


class WithdrawalForm(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Whom an organiser withdraws; who sends nothing withdraws themselves."""

    participant_id: Id | None = None


class PairingForm(msgspec.Struct, forbid_unknown_fields=True):
    white: Id
    black: Id | None = None
    bye: Bye | None = None


class RoundForm(msgspec.Struct, forbid_unknown_fields=True):
    """Pairings given by the organiser; without any the system makes them."""

    pairings: Annotated[list[PairingForm], msgspec.Meta(min_length=1, max_length=1_000)] | None = None


class ResultForm(msgspec.Struct, forbid_unknown_fields=True):
    """`replaces`: the result that the sender saw, null for none; where it is another one, nothing is changed."""

    result: Result
    replaces: Result | UnsetType | None = UNSET
