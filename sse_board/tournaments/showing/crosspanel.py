"""The cross-table as people read it: round by round, or everybody against everybody. Pure."""

from dataclasses import replace

from sse_board.tournaments import wording
from sse_board.tournaments.showing.crosstable import matrix
from sse_board.tournaments.showing.panel import Place, Standings, standings_panel
from sse_board.tournaments.standings.row import Table
from sse_board.tournaments.tournament import Picture


def crosstable_panel(picture: Picture, table: Table) -> Standings:
    """The standings, all rows of them, and what every round was for its player."""
    return _matrix(picture, table) if picture.tournament.system == "round_robin" else _rounds(picture, table)


def _rounds(picture: Picture, table: Table) -> Standings:
    """By rank."""
    numbers = {one.id: one.number for one in picture.participants}
    panel = standings_panel(picture, table)
    rows = (
        replace(place, cells=tuple(wording.cell(cell, numbers) for cell in row.cells))
        for place, row in zip(panel.rows, table.rows, strict=True)
    )
    return replace(panel, rows=tuple(rows))


def _matrix(picture: Picture, table: Table) -> Standings:
    """By number, down as across: None where a row meets its own column."""
    panel = standings_panel(picture, table)
    lines = sorted(zip(panel.rows, table.rows, strict=True), key=lambda line: line[1].participant.number or 0)
    outcomes = matrix([row for _, row in lines])
    rows = tuple(_against(place, cells) for (place, _), cells in zip(lines, outcomes, strict=True))
    return replace(panel, rows=rows, opponents=tuple(place.participant for place in rows))


def _against(place: Place, outcomes: list[str | None]) -> Place:
    return replace(place, cells=tuple(None if one is None else wording.against(one) for one in outcomes))
