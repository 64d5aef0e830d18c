"""Who played whom, by number: round by round, and of a round-robin everybody against everybody. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sse_board.tournaments.showing.faces import cell_text, numbers_of, page_text, points_text
from sse_board.tournaments.showing.sheet import People, Sheet, cell_payload
from sse_board.tournaments.standings.row import Row
from sse_board.tournaments.tournament import shown
from sse_board.web import columns

#: What stands where a row meets its own column.
SELF = "x"


def lines(sheet: Sheet) -> list[Row]:
    """By number."""
    return sorted(sheet.table.rows, key=lambda row: row.participant.number or 0)


def matrix(rows: Sequence[Row]) -> list[list[str | None]]:
    """Row by row and column by column in this order: outcomes against that opponent, in the order of the rounds;
    None against oneself."""
    places = {row.participant.id: place for place, row in enumerate(rows)}
    return [_against(row, places) for row in rows]


def _against(row: Row, places: dict[str, int]) -> list[str | None]:
    outcomes: defaultdict[int, str] = defaultdict(str)
    for cell in row.cells:
        if cell.opponent in places:
            outcomes[places[cell.opponent]] += cell.outcome
    own = places[row.participant.id]
    return [None if place == own else outcomes[place] for place in range(len(places))]


def crosstable_payload(sheet: Sheet) -> dict[str, Any]:
    rows, tournament = lines(sheet), sheet.picture.tournament
    people = {one.id: one for one in sheet.picture.participants}
    every = {"matrix": matrix(rows)} if tournament.system == "round_robin" else {}
    return {
        "tournamentId": tournament.id,
        "system": tournament.system,
        "round": sheet.table.through,
        "version": str(sheet.version),
        "players": [_line_payload(row, people) for row in rows],
        **every,
    }


def _line_payload(row: Row, people: People) -> dict[str, Any]:
    who = row.participant
    return {
        "number": who.number,
        "participantId": who.id,
        "name": who.name,
        "title": who.title,
        "rating": who.rating,
        "rank": row.rank,
        "score": shown(row.score),
        "cells": [cell_payload(cell, people) for cell in row.cells],
    }


def crosstable_csv(sheet: Sheet) -> str:
    rows = [
        [
            row.participant.number,
            columns.harmless(row.participant.name),
            *map(columns.harmless, cells),
            shown(row.score),
            row.rank,
        ]
        for row, cells in _grid(sheet)
    ]
    return columns.as_csv(["number", "name", *_headings(sheet), "score", "rank"], rows)


def crosstable_text(sheet: Sheet) -> str:
    rows = [
        [
            str(row.participant.number or ""),
            columns.cut(row.participant.name),
            *cells,
            points_text(row.score),
            str(row.rank),
        ]
        for row, cells in _grid(sheet)
    ]
    table = [["No", "Name", *_headings(sheet), "Points", "Rank"], *rows]
    return page_text(sheet, columns.aligned(table, to_the_left={1}))


def _headings(sheet: Sheet) -> list[str]:
    if sheet.picture.tournament.system == "round_robin":
        return [str(row.participant.number or "") for row in lines(sheet)]
    return [f"R{number}" for number in range(1, sheet.table.through + 1)]


def _grid(sheet: Sheet) -> list[tuple[Row, list[str]]]:
    rows = lines(sheet)
    if sheet.picture.tournament.system == "round_robin":
        return [
            (row, [SELF if text is None else text for text in cells])
            for row, cells in zip(rows, matrix(rows), strict=True)
        ]
    numbers = numbers_of(sheet)
    return [(row, [cell_text(cell, numbers) for cell in row.cells]) for row in rows]
