"""Buchholz and Sonneborn-Berger: what those whom a player met count for (C.07 articles 8, 9, 14 and 16). Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from sse_board.tournaments.standings.field import Field
from sse_board.tournaments.standings.row import Cell
from sse_board.tournaments.standings.rules import FORFEITS, PLAYED, VOLUNTARY


class Faced(NamedTuple):
    """The rounds of a player that count, and what the opponent of each counts for, or the dummy of one without a
    game: half-points. `away`: which of them, by index, the player missed by choice."""

    cells: Sequence[Cell]
    scores: Sequence[int]
    away: Sequence[int]


def faced(field: Field, id: str) -> Faced:
    """A game that is not over is not there yet; nor is the free round of a round-robin, in which forfeits count as
    played."""
    adjusted = field.adjusted
    if field.is_round_robin:
        games = [cell for cell in field.cells[id] if cell.outcome and cell.opponent]
        return Faced(games, [adjusted[cell.opponent] for cell in games if cell.opponent], ())
    cells = [cell for cell in field.cells[id] if cell.outcome]
    scores = [
        adjusted[cell.opponent] if cell.outcome in PLAYED and cell.opponent else dummy(field, id, cell)
        for cell in cells
    ]
    return Faced(cells, scores, [index for index, cell in enumerate(cells) if cell.outcome in VOLUNTARY])


def dummy(field: Field, id: str, cell: Cell) -> int:
    """The score of whom the player meets in a round that they do not play: their own (16.4).

    Since 2026 at most what the opponent of a forfeit counts for, else a draw for each round that is scheduled.
    """
    own = field.scores[id]
    if field.tournament.edition == "2024":
        return own
    return min(own, ceiling(field, cell))


def ceiling(field: Field, cell: Cell) -> int:
    if cell.outcome in FORFEITS and cell.opponent is not None:
        return field.adjusted[cell.opponent]
    return field.points.draw * field.tournament.rounds


def buchholz(faced: Faced) -> int:
    """Half-points."""
    return sum(faced.scores)


def buchholz_cut(faced: Faced) -> int:
    """Half-points, without the lowest."""
    return _without_cut(faced, faced.scores)


def sonneborn_berger(faced: Faced) -> int:
    """Quarter-points: half-points times half-points."""
    return sum(products(faced))


def sonneborn_berger_cut(faced: Faced) -> int:
    """Quarter-points, without that of the opponent who counts for the least."""
    return _without_cut(faced, products(faced))


def products(faced: Faced) -> list[int]:
    return [score * cell.points for score, cell in zip(faced.scores, faced.cells, strict=True)]


def _without_cut(faced: Faced, values: Sequence[int]) -> int:
    return sum(values) - values[cut(faced, values)] if values else 0


def cut(faced: Faced, values: Sequence[int]) -> int:
    """Which of the values, of which there are some, Cut-1 drops: that of the lowest score, and of equal ones the
    lowest. But whoever stayed away loses the lowest value of those rounds where it is not lower (16.5)."""
    _, lowest, normal = min(zip(faced.scores, values, range(len(values)), strict=True))
    if not faced.away:
        return normal
    missed = min(faced.away, key=values.__getitem__)
    return missed if values[missed] >= lowest else normal
