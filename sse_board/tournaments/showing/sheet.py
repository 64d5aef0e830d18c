"""The standings as the wire has them. Pure."""

from dataclasses import dataclass, replace
from typing import Any

import msgspec

from sse_board.tournaments.standings.row import Cell, Row, Table
from sse_board.tournaments.tournament import Participant, Picture, shown
from sse_board.version import Version
from sse_board.web.answers import encode

#: Participants by their ids.
People = dict[str, Participant]
#: A row and its position.
Place = tuple[int, Row]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` are those of `table`, or the first `limit` of them, as JSON: made once, compared byte by byte.

    A row's `position` counts 1, 2, 3…; its `rank` may be shared.
    """

    picture: Picture
    table: Table
    rows: tuple[msgspec.Raw, ...]
    limit: int | None = None

    @property
    def version(self) -> Version:
        return self.table.version

    @property
    def total(self) -> int:
        """Rows of the whole table."""
        return len(self.table.rows)

    def top(self, limit: int) -> "Sheet":
        """The same cut to its first `limit` rows."""
        return replace(self, rows=self.rows[:limit], limit=limit)


def sheet_of(picture: Picture, table: Table, before: Sheet | None = None) -> Sheet:
    """Ten milliseconds of work for 500 players after 9 rounds, of which two are left where `before`, another whole
    sheet of the tournament, has most of the rows."""
    people = {one.id: one for one in picture.participants}
    known = _known(before, people)
    return Sheet(
        picture, table, tuple(_row(place, people, known.get(place[1].participant.id)) for place in _places(table))
    )


def _known(before: Sheet | None, people: People) -> dict[str, tuple[Place, msgspec.Raw]]:
    """Its rows by participants, where the numbers of their opponents are still the same."""
    if before is None or any(_number(people, one) != one.number for one in before.picture.participants):
        return {}
    pairs = zip(_places(before.table), before.rows, strict=True)
    return {place[1].participant.id: (place, row) for place, row in pairs}


def _number(people: People, known: Participant) -> int | None:
    """None too for who is not there any more."""
    present = people.get(known.id)
    return None if present is None else present.number


def _places(table: Table) -> list[Place]:
    return list(enumerate(table.rows, 1))


def _row(place: Place, people: People, known: tuple[Place, msgspec.Raw] | None) -> msgspec.Raw:
    if known is not None and known[0] == place:
        return known[1]
    return msgspec.Raw(encode(row_payload(*place, people)))


def row_payload(position: int, row: Row, people: People) -> dict[str, Any]:
    who = row.participant
    return {
        "position": position,
        "rank": row.rank,
        "previousRank": row.previous_rank,
        "participantId": who.id,
        "number": who.number,
        "name": who.name,
        "title": who.title,
        "rating": who.rating,
        "score": shown(row.score),
        "tieBreaks": dict(row.tie_breaks),
        "perRound": [cell_payload(cell, people) for cell in row.cells],
    }


def cell_payload(cell: Cell, people: People) -> dict[str, Any]:
    """`outcome` as TRF16 writes it, empty while the game is not over."""
    return {
        "round": cell.round,
        "opponent": cell.opponent,
        "opponentNumber": None if cell.opponent is None else people[cell.opponent].number,
        "colour": cell.colour,
        "outcome": cell.outcome,
        "points": shown(cell.points),
    }
