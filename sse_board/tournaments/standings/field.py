"""The players of a tournament after some rounds, and what each of them counts for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sse_board.tournaments.standings.cells import Cells, cells_of
from sse_board.tournaments.standings.rules import REQUESTED, VOLUNTARY
from sse_board.tournaments.tournament import Participant, Picture, Points, Round, Tournament


@dataclass(frozen=True)
class Field:
    """`through`: rounds that are counted. `participants`: who was there by then, in the order of the initial
    ranking; `cells` has the rounds of each by their ids."""

    tournament: Tournament
    through: int
    participants: tuple[Participant, ...]
    cells: Mapping[str, Cells]

    @property
    def points(self) -> Points:
        return self.tournament.points

    @property
    def is_round_robin(self) -> bool:
        """There forfeits count as played, and nothing else is adjusted (15.2)."""
        return self.tournament.system == "round_robin"

    @cached_property
    def names(self) -> Mapping[str, str]:
        return {one.id: one.name for one in self.participants}

    @cached_property
    def scores(self) -> Mapping[str, int]:
        """Half-points."""
        return {id: cells[-1].total if cells else 0 for id, cells in self.cells.items()}

    @cached_property
    def adjusted(self) -> Mapping[str, int]:
        """What each counts for in the tie-breaks of their opponents: half-points (16.3)."""
        if self.is_round_robin:
            return self.scores
        draw = self.points.draw
        return {id: score + _gift(self.cells[id], draw) for id, score in self.scores.items()}

    def before(self) -> "Field":
        """The same, one round earlier."""
        through = self.through - 1
        there = tuple(one for one in self.participants if _is_there(one, through))
        return replace(
            self,
            through=through,
            participants=there,
            cells={one.id: self.cells[one.id][:through] for one in there},
        )


def trailing(cells: Cells) -> int:
    """How many rounds at the end are voluntary absences: requested byes among them count as draws to others."""
    count = 0
    for cell in reversed(cells):
        if cell.outcome not in VOLUNTARY:
            break
        count += 1
    return count


def _gift(cells: Cells, draw: int) -> int:
    missed = cells[len(cells) - trailing(cells) :]
    return sum(draw - cell.points for cell in missed if cell.outcome in REQUESTED)


def started(picture: Picture) -> tuple[Round, ...]:
    """The rounds that standings know of; the last may be under way."""
    return tuple(one for one in picture.rounds if one.status in ("active", "completed"))


def field_of(picture: Picture, through: int | None = None) -> Field:
    """After `through` rounds, or as many as were started."""
    rounds = started(picture)[:through]
    there = [one for one in _in_order(picture.participants) if _is_there(one, len(rounds))]
    cells = cells_of([one.id for one in there], rounds, picture.tournament.points)
    return Field(picture.tournament, len(rounds), tuple(there), cells)


def _is_there(one: Participant, through: int) -> bool:
    """Who withdrew before the start has no number and takes no part; late entries do from their first round on."""
    takes_part = one.number is not None or one.withdrawn_from is None
    return takes_part and one.entered_round <= max(through, 1)


def _in_order(participants: Iterable[Participant]) -> Sequence[Participant]:
    return sorted(participants, key=lambda one: (one.number is None, one.number or 0, one.name.lower(), one.id))
