"""How the values of one player came about, as everybody may ask. Pure.

Numbers are those of the wire, and so are the names of the fields: an answer carries an explanation as it is.
"""

from decimal import Decimal

import msgspec

from sse_board.tournaments.standings.field import Field
from sse_board.tournaments.standings.row import Cell, Outcome
from sse_board.tournaments.tournament import TieBreak, shown

Number = int | Decimal


class Person(msgspec.Struct, frozen=True):
    id: str
    name: str


class Share(msgspec.Struct, frozen=True, rename="camel"):
    """What one round adds to a value. `points` is what the player got, `counts` what their opponent counts for, or
    the dummy in the place of one; None where that is not asked. `value` is None where the round does not count;
    what is cut is not in the sum."""

    round: int
    opponent: Person | None
    outcome: Outcome
    points: Number
    counts: Number | None
    value: Number | None
    is_cut: bool
    words: str


class Account(msgspec.Struct, frozen=True, rename="camel"):
    """One tie-break."""

    code: TieBreak
    value: Number
    words: str
    rounds: tuple[Share, ...]


class Explanation(msgspec.Struct, frozen=True, rename="camel"):
    """Of the standings after the round `through`, at `version`."""

    participant_id: str
    name: str
    version: str
    through: int
    rank: int
    score: Number
    tie_breaks: tuple[Account, ...]


def share(
    field: Field,
    cell: Cell,
    words: str,
    *,
    counts: Number | None = None,
    value: Number | None = None,
    is_cut: bool = False,
) -> Share:
    opponent = None if cell.opponent is None else Person(cell.opponent, field.names[cell.opponent])
    return Share(cell.round, opponent, cell.outcome, shown(cell.points), counts, value, is_cut, words)
