"""The colour that the first player of the list has in the first round, drawn by lot (FIDE C.04.3, 5.1). Pure."""

from typing import Literal
from uuid import UUID

from sse_board.tournaments.tournament import Game, Picture
from sse_board.tournaments.trf.cells import numbers

InitialColour = Literal["white", "black"]


def initial_colour(picture: Picture) -> InitialColour:
    """What an imported file said, or what its first round shows; else the lot lies in the tournament's id, so that
    everybody who looks draws the same."""
    stated = picture.tournament.trf.get("colour")
    if stated in ("white", "black"):
        return "white" if stated == "white" else "black"
    if picture.tournament.trf and (first := _first_game(picture)):
        return _shown_by(first, picture)
    return "white" if UUID(picture.tournament.id).int % 2 else "black"


def _first_game(picture: Picture) -> Game | None:
    """That of the strongest player who had an opponent in the first round."""
    first = picture.round(1)
    games = [game for game in first.games if game.black is not None] if first else []
    known = numbers(picture)
    return min(games, key=lambda game: min(known[game.white], known[game.black or ""]), default=None)


def _shown_by(game: Game, picture: Picture) -> InitialColour:
    """Players with an odd number get the initial colour, the others the other one."""
    known = numbers(picture)
    white, black = known[game.white], known[game.black or ""]
    is_stronger_white = white < black
    is_odd = min(white, black) % 2 == 1
    return "white" if is_stronger_white == is_odd else "black"
