"""What each round was for each player. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from sse_board.tournaments.standings.row import Cell, Colour, Outcome
from sse_board.tournaments.tournament import Bye, Game, Points, Result, Round

#: For White and for Black; None: the game is not over.
_RESULTS: Mapping[Result | None, tuple[Outcome, Outcome]] = {
    "1-0": ("1", "0"),
    "0-1": ("0", "1"),
    "1/2-1/2": ("=", "="),
    "+/-": ("+", "-"),
    "-/+": ("-", "+"),
    "-/-": ("-", "-"),
    None: ("", ""),
}
_BYES: Mapping[Bye, Outcome] = {"pairing": "U", "full": "F", "half": "H", "zero": "Z"}

#: A participant's rounds, from the first on.
Cells = tuple[Cell, ...]


#: Opponent, colour, outcome.
_Side = tuple[str | None, Colour | None, Outcome]
_ABSENT: _Side = (None, None, "Z")


def cells_of(ids: Sequence[str], rounds: Sequence[Round], worths: Points) -> dict[str, Cells]:
    """One cell for each participant and round; who has no game in one was absent."""
    worth = worth_of(worths)
    cells: dict[str, list[Cell]] = {id: [] for id in ids}
    totals = dict.fromkeys(ids, 0)
    for round in rounds:
        sides = dict(_sides(round.games))
        for id, mine in cells.items():
            opponent, colour, outcome = sides.get(id, _ABSENT)
            points = worth[outcome]
            totals[id] = total = totals[id] + points
            mine.append(Cell(round.number, opponent, colour, outcome, points, total))
    return {id: tuple(mine) for id, mine in cells.items()}


def worth_of(points: Points) -> dict[Outcome, int]:
    """Half-points. Nobody gets the points of a loss for not coming: a lost forfeit is worth nothing."""
    return {
        "1": points.win,
        "=": points.draw,
        "0": points.loss,
        "+": points.win,
        "-": 0,
        "U": points.bye,
        "F": points.win,
        "H": points.draw,
        "Z": 0,
        "": 0,
    }


def _sides(games: Sequence[Game]) -> Iterator[tuple[str, _Side]]:
    for game in games:
        if game.black is not None:
            white, black = _RESULTS[game.result]
            yield game.white, (game.black, "white", white)
            yield game.black, (game.white, "black", black)
        elif game.bye is not None:
            yield game.white, (None, None, _BYES[game.bye])
