"""Standings as text for terminals and as CSV for spreadsheets. Pure."""

from collections.abc import Sequence
from typing import Any

from sse_board.live.event import printable
from sse_board.tournaments.showing.sheet import Sheet
from sse_board.tournaments.standings.row import Cell, Row
from sse_board.tournaments.tournament import shown
from sse_board.web import columns

_CSV_COLUMNS = ("position", "rank", "previousRank", "participantId", "number", "name", "title", "rating", "score")


def standings_payload(sheet: Sheet, offset: int, limit: int | None) -> dict[str, Any]:
    """All rows from `offset` on, or so many."""
    return {
        "tournamentId": sheet.picture.tournament.id,
        "round": sheet.table.through,
        "version": str(sheet.version),
        "total": sheet.total,
        "standings": sheet.rows[_part(offset, limit)],
    }


def standings_csv(sheet: Sheet, offset: int, limit: int | None) -> str:
    """A column for each tie-break and for each round."""
    codes, rounds = sheet.picture.tournament.tie_breaks, _rounds(sheet)
    rows = list(enumerate(sheet.table.rows, 1))[_part(offset, limit)]
    numbers = numbers_of(sheet)
    cells = [
        [
            *_csv_cells(position, row),
            *(row.tie_breaks[code] for code in codes),
            *(columns.harmless(cell_text(cell, numbers)) for cell in row.cells),
        ]
        for position, row in rows
    ]
    return columns.as_csv([*_CSV_COLUMNS, *codes, *rounds], cells)


def _csv_cells(position: int, row: Row) -> list[object]:
    who = row.participant
    return [
        position,
        row.rank,
        row.previous_rank,
        who.id,
        who.number,
        columns.harmless(who.name),
        columns.harmless(who.title or ""),
        who.rating,
        shown(row.score),
    ]


def standings_text(sheet: Sheet, offset: int, limit: int | None) -> str:
    """Aligned columns; nothing in it that a terminal would obey instead of show."""
    codes = sheet.picture.tournament.tie_breaks
    rows = sheet.table.rows[_part(offset, limit)]
    header = ["Rank", "No", "Name", "Points", *codes]
    body = [[*_text_cells(row), points_text(row.score), *_figures(row, codes)] for row in rows]
    return page_text(sheet, columns.aligned([header, *body], to_the_left={2}))


def _text_cells(row: Row) -> list[str]:
    who = row.participant
    number = "" if who.number is None else str(who.number)
    return [str(row.rank), number, columns.cut(f"{who.title} {who.name}" if who.title else who.name)]


def _figures(row: Row, codes: Sequence[Any]) -> list[str]:
    return [f"{row.tie_breaks[code]}" for code in codes]


def page_text(sheet: Sheet, lines: Sequence[str]) -> str:
    """Under the tournament's name, with what they show and its version behind them."""
    tournament, through = sheet.picture.tournament, sheet.table.through
    after = f"after round {through} of {tournament.rounds}" if through else "before the first round"
    foot = f"{sheet.total} players, {after}, version {sheet.version}"
    return "\n".join(map(printable, [tournament.name, "", *lines, "", foot, ""]))


def points_text(halves: int) -> str:
    return f"{halves / 2:.1f}"


def numbers_of(sheet: Sheet) -> dict[str, int | None]:
    return {one.id: one.number for one in sheet.picture.participants}


def cell_text(cell: Cell, numbers: dict[str, int | None]) -> str:
    """As TRF16 writes a round, in one word: `12w1`, `3b=`, `7w+`, `U`; `12w` while the game is not over."""
    if cell.opponent is None:
        return cell.outcome
    return f"{numbers[cell.opponent] or '?'}{(cell.colour or '-')[0]}{cell.outcome}"


def _rounds(sheet: Sheet) -> list[str]:
    return [f"round {number}" for number in range(1, sheet.table.through + 1)]


def _part(offset: int, limit: int | None) -> slice:
    return slice(offset, None if limit is None else offset + limit)
