"""The colour that the first player of the list has in the first round, drawn by lot (FIDE C.04.3, 5.1). Pure."""

from typing import Literal
from uuid import UUID

from sse_board.tournaments.tournament import Game, Picture
from sse_board.tournaments.trf.cells import numbers

InitialColour = Literal["white", "black"]


def initial_colour(picture: Picture) -> InitialColour:
    """What an imported file said; else the lot lies in the tournament's id, so that everybody who looks draws the
    same."""
    stated = picture.tournament.trf.get("colour")
    is_white = UUID(picture.tournament.id).int % 2 if stated is None else stated == "white"
    return "white" if is_white else "black"


def shown_colour(picture: Picture) -> InitialColour | None:
    """What the first round lets see of it: players with an odd number have it, the others the other one."""
    first, known = picture.round(1), numbers(picture)
    games = [game for game in first.games if game.black is not None] if first else []
    game = min(games, key=lambda game: min(_sides(game, known)), default=None)
    if game is None:
        return None
    white, black = _sides(game, known)
    return "white" if (white < black) == (min(white, black) % 2 == 1) else "black"


def _sides(game: Game, known: dict[str, int]) -> tuple[int, int]:
    return known[game.white], known[game.black or ""]
