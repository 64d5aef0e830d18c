"""A tournament as the pairing engine is asked about it: a TRF file without names. Pure.

It holds what the rules look at, no more: who met whom with which colour, what it brought, and who is absent now.
"""

from sse_board.tournaments.pairing.colour import initial_colour
from sse_board.tournaments.pairing.present import to_be_paired
from sse_board.tournaments.tournament import Picture, Points
from sse_board.tournaments.trf.cells import Cell, Cells, cells_by_number, score
from sse_board.tournaments.trf.layout import PlayerLine, player_line, points_text


def engine_question(picture: Picture, number: int) -> str:
    """Players are named by their place in the list, from 1 on: the engine knows no gaps in starting numbers."""
    tournament = picture.tournament
    places = engine_places(picture)
    by_number = cells_by_number(picture, number)
    there = {one.number for one in to_be_paired(picture, number)}
    absent = [str(place) for who, place in places.items() if who not in there]
    lines = [
        f"142 {tournament.rounds}",
        f"152 {initial_colour(picture)[0].upper()}",
        points_line(tournament.points),
        "192 FIDE_DUTCH",
        *(_player_line(places, who, by_number[who], tournament.points) for who in places),
        *([f"XXZ {' '.join(absent)}"] if absent else []),
    ]
    return "\n".join(lines) + "\n"


def engine_places(picture: Picture) -> dict[int, int]:
    """The place of each starting number."""
    known = sorted(one.number for one in picture.participants if one.number is not None)
    return {number: place for place, number in enumerate(known, start=1)}


def points_line(points: Points) -> str:
    """Record 162 of TRF-2026: what a win, a draw, a loss, an absence, a bye given by the pairing are worth."""
    worths = {"W": points.win, "D": points.draw, "L": points.loss, "A": 0, "P": points.bye}
    return "162  " + "    ".join(f"{letter}{points_text(halves):>4}" for letter, halves in worths.items())


def _player_line(places: dict[int, int], who: int, cells: Cells, points: Points) -> str:
    placed = tuple(cell and Cell(places.get(cell.opponent, 0), cell.colour, cell.letter) for cell in cells)
    place = places[who]
    return player_line(PlayerLine(place, name=str(place), points=score(cells, points), rank=place, cells=placed))
