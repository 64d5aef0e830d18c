"""What a round was for one player, in the letters of TRF16. Pure."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from sse_board.tournaments.standings.cells import worth_of
from sse_board.tournaments.standings.row import Outcome
from sse_board.tournaments.tournament import Bye, Game, Picture, Points, Result, Round

Colour = Literal["w", "b", "-"]

#: The letters of White and Black for each result, and for the same game if it does not count for ratings.
LETTERS: Mapping[tuple[Result | None, bool], tuple[str, str]] = {
    ("1-0", True): ("1", "0"),
    ("0-1", True): ("0", "1"),
    ("1/2-1/2", True): ("=", "="),
    ("1-0", False): ("W", "L"),
    ("0-1", False): ("L", "W"),
    ("1/2-1/2", False): ("D", "D"),
    ("+/-", True): ("+", "-"),
    ("-/+", True): ("-", "+"),
    ("-/-", True): ("-", "-"),
    (None, True): (" ", " "),
}
RESULTS = {letters: (result, rated) for (result, rated), letters in LETTERS.items()}
BYE_LETTERS: Mapping[Bye, str] = {"pairing": "U", "full": "F", "half": "H", "zero": "Z"}
BYES: Mapping[str, Bye] = {letter: bye for bye, letter in BYE_LETTERS.items()}
#: What the letters are in the standings, where it does not matter what counts for ratings.
_OUTCOMES: Mapping[str, Outcome] = {
    "1": "1", "W": "1", "=": "=", "D": "=", "0": "0", "L": "0", "+": "+", "-": "-",
    "U": "U", "F": "F", "H": "H", "Z": "Z", " ": "",
}  # fmt: skip
#: Whoever has one of these was there, and faced somebody.
PLAYED = frozenset("1=0WDL")


class Cell(NamedTuple):
    """`opponent` is a number, 0 for a bye; `letter` what became of it, a blank while that is open."""

    opponent: int
    colour: Colour
    letter: str


#: The cells of one player, from the first round on: None where they were absent.
Cells = tuple[Cell | None, ...]


def worth(cell: Cell | None, points: Points) -> int:
    """Half-points, as in the standings."""
    return score((cell,), points)


def score(cells: Cells, points: Points) -> int:
    worths = worth_of(points)
    return sum(worths[_outcome(cell)] for cell in cells)


def _outcome(cell: Cell | None) -> Outcome:
    return "Z" if cell is None else _OUTCOMES[cell.letter]


def numbers(picture: Picture) -> dict[str, int]:
    """Starting numbers by participants' ids; who withdrew before the start has none."""
    return {one.id: one.number for one in picture.participants if one.number is not None}


def paired_rounds(picture: Picture) -> tuple[Round, ...]:
    return tuple(round for round in picture.rounds if round.games)


def cells_by_number(picture: Picture, before: int | None = None) -> dict[int, Cells]:
    """Of everybody who has a number; `before`: only of earlier rounds."""
    rounds = [round for round in paired_rounds(picture) if before is None or round.number < before]
    known = numbers(picture)
    length = rounds[-1].number if rounds else 0
    table: dict[int, list[Cell | None]] = {number: [None] * length for number in known.values()}
    for round in rounds:
        for game in round.games:
            for number, cell in _sides(game, known):
                table[number][round.number - 1] = cell
    return {number: tuple(cells) for number, cells in table.items()}


def _sides(game: Game, known: Mapping[str, int]) -> Iterator[tuple[int, Cell]]:
    white = known[game.white]
    if game.bye is not None or game.black is None:
        yield white, Cell(0, "-", BYE_LETTERS[game.bye or "zero"])
        return
    black = known[game.black]
    letters = LETTERS.get((game.result, game.rated)) or LETTERS[game.result, True]
    yield white, Cell(black, "w", letters[0])
    yield black, Cell(white, "b", letters[1])
