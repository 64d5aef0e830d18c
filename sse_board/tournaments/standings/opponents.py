"""Buchholz and Sonneborn-Berger: what those whom a player met count for (C.07 articles 8, 9, 14 and 16). Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sse_board.tournaments.standings.field import Field
from sse_board.tournaments.standings.row import Cell
from sse_board.tournaments.standings.rules import FORFEITS, PLAYED, VOLUNTARY


class Met(NamedTuple):
    """A round that counts. `score` is what the opponent counts for, or the dummy of a round that was not played:
    half-points. `is_voluntary`: the player stayed away."""

    cell: Cell
    score: int
    is_voluntary: bool


def met(field: Field, id: str) -> list[Met]:
    """A game that is not over is not there yet; nor is the free round of a round-robin, in which forfeits count as
    played."""
    cells, adjusted = field.cells[id], field.adjusted
    if field.is_round_robin:
        return [Met(cell, adjusted[cell.opponent], False) for cell in cells if cell.opponent and cell.outcome]
    found = []
    for cell in cells:
        outcome, opponent = cell.outcome, cell.opponent
        if outcome in PLAYED and opponent is not None:
            found.append(Met(cell, adjusted[opponent], False))
        elif outcome:
            found.append(Met(cell, dummy(field, id, cell), outcome in VOLUNTARY))
    return found


def dummy(field: Field, id: str, cell: Cell) -> int:
    """The score of whom the player meets in a round that they do not play: their own (16.4). Since 2026 at most
    what the opponent of a forfeit counts for, else a draw for each round of the tournament: the scheduled number."""
    own = field.scores[id]
    if field.tournament.edition == "2024":
        return own
    return min(own, ceiling(field, cell))


def ceiling(field: Field, cell: Cell) -> int:
    if cell.outcome in FORFEITS and cell.opponent is not None:
        return field.adjusted[cell.opponent]
    return field.points.draw * field.tournament.rounds


def buchholz(field: Field, faced: Mapping[str, Sequence[Met]]) -> dict[str, int]:
    """Half-points."""
    return {id: sum([one.score for one in mine]) for id, mine in faced.items()}


def buchholz_cut(field: Field, faced: Mapping[str, Sequence[Met]]) -> dict[str, int]:
    """Half-points, without the lowest."""
    return {id: _without_cut(mine, [one.score for one in mine]) for id, mine in faced.items()}


def sonneborn_berger(field: Field, faced: Mapping[str, Sequence[Met]]) -> dict[str, int]:
    """Quarter-points: half-points times half-points."""
    return {id: sum(products(mine)) for id, mine in faced.items()}


def sonneborn_berger_cut(field: Field, faced: Mapping[str, Sequence[Met]]) -> dict[str, int]:
    """Quarter-points, without that of the opponent who counts for the least."""
    return {id: _without_cut(mine, products(mine)) for id, mine in faced.items()}


def products(mine: Sequence[Met]) -> list[int]:
    return [one.score * one.cell.points for one in mine]


def _without_cut(mine: Sequence[Met], values: Sequence[int]) -> int:
    return sum(values) - values[cut(mine, values)] if values else 0


def cut(mine: Sequence[Met], values: Sequence[int]) -> int:
    """Which of the values, of which there are some, Cut-1 drops: that of the lowest score, and of equal ones the
    lowest. But whoever stayed away loses the lowest value of those rounds where it is not lower (16.5)."""
    normal = min(range(len(values)), key=lambda index: (mine[index].score, values[index]))
    away = [index for index, one in enumerate(mine) if one.is_voluntary]
    if not away:
        return normal
    lowest = min(away, key=lambda index: values[index])
    return lowest if values[lowest] >= values[normal] else normal
