"""The columns of a player's line in TRF16 (FIDE C.04, annex 2). Pure.

Columns are counted from 1 in the rules, and from 0 here.
"""

import re
from dataclasses import dataclass, replace

from sse_board.errors import Conflict, InvalidRequest
from sse_board.tournaments.tournament import ROUNDS_LIMIT
from sse_board.tournaments.trf.cells import BYES, RESULTS, Cell, Cells

#: Where the rounds begin, and how many columns each has, the two blanks before it counted.
ROUNDS_COLUMN, CELL_COLUMNS = 89, 10
#: Columns that part one field from the next, and are blank.
GAPS = (3, 8, 13, 47, 52, 56, 68, 79, 84)
#: What fits: characters of a name, digits of points.
NAME_COLUMNS, POINTS_COLUMNS = 33, 4

_points = re.compile(r"(\d{1,3})(?:[.,]([05]))?")
_letters = {letter for pair in RESULTS for letter in pair} | set(BYES)


@dataclass(frozen=True, slots=True)
class PlayerLine:
    """`points` in half-points; `title`, `sex`, `federation`, `fide_id` and `born` as they are written."""

    number: int
    sex: str = ""
    title: str = ""
    name: str = ""
    rating: int | None = None
    federation: str = ""
    fide_id: str = ""
    born: str = ""
    points: int = 0
    rank: int | None = None
    cells: Cells = ()


def player_line(player: PlayerLine) -> str:
    """As wide as the rounds are: programs count columns, and a blank result is a game that is not over."""
    head = (
        f"001 {player.number:>4} {player.sex:1}{player.title:>3} {player.name[:NAME_COLUMNS]:<33}"
        f" {player.rating or '':>4} {player.federation:<3} {player.fide_id:>11} {player.born:>10}"
        f" {points_text(player.points):>4} {player.rank or '':>4}"
    )
    return head + "".join(map(cell_text, player.cells))


def cell_text(cell: Cell | None) -> str:
    if cell is None:
        return " " * CELL_COLUMNS
    opponent = f"{cell.opponent:>4}" if cell.opponent else "0000"
    return f"  {opponent} {cell.colour} {cell.letter}"


def points_text(halves: int) -> str:
    """`4.5`; raises Conflict where the columns are too few."""
    text = str(halves // 2) if halves >= 200 and halves % 2 == 0 else f"{halves / 2:.1f}"
    if len(text) > POINTS_COLUMNS:
        raise Conflict("TRF16 has no room for so many points.")
    return text


def parse_points(text: str) -> int:
    """Half-points; raises ValueError."""
    found = _points.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no number of points")
    return 2 * int(found[1]) + (found[2] == "5")


def parse_player(number: int, line: str) -> PlayerLine:
    """`number` is the line's; raises InvalidRequest with the reason."""
    try:
        return _parse(line)
    except ValueError as error:
        raise contradiction(number, str(error)) from None


def contradiction(line: int, reason: str) -> InvalidRequest:
    """Why a file is not taken, and where it shows."""
    return InvalidRequest(f"Line {line}: {reason}.", details={"line": line, "reason": reason})


def _parse(line: str) -> PlayerLine:
    if shifted := [column for column in GAPS if line[column : column + 1].strip()]:
        raise ValueError(f"column {shifted[0] + 1} should be blank: the columns are shifted")
    head = PlayerLine(
        _integer(line[4:8], "starting number") or 0,
        sex=line[9:10].strip(),
        title=line[10:13].strip(),
        name=line[14:47].strip(),
        rating=_integer(line[48:52], "rating"),
        federation=line[53:56].strip(),
        fide_id=line[57:68].strip(),
        born=line[69:79].strip(),
        points=parse_points(line[80:84].strip() or "0"),
        rank=_integer(line[85:89], "rank"),
    )
    if not head.number:
        raise ValueError("there is no starting number")
    if not head.name:
        raise ValueError("there is no name")
    return replace(head, cells=_parse_cells(line.rstrip()[ROUNDS_COLUMN:]))


def _integer(text: str, what: str) -> int | None:
    text = text.strip()
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is no {what}")
    return int(text or 0) or None


def _parse_cells(text: str) -> Cells:
    count = -(-len(text) // CELL_COLUMNS)
    if count > ROUNDS_LIMIT:
        raise ValueError(f"there are more than {ROUNDS_LIMIT} rounds")
    cuts = [text[at * CELL_COLUMNS : (at + 1) * CELL_COLUMNS] for at in range(count)]
    return tuple(_parse_cell(round, f"{cut:<10}") for round, cut in enumerate(cuts, start=1))


def _parse_cell(round: int, text: str) -> Cell | None:
    if not text.strip():
        return None
    if text[:2].strip() or text[6].strip() or text[8].strip():
        raise ValueError(f"round {round} {text.strip()!r}: the columns are shifted")
    opponent = _integer(text[2:6], "opponent") or 0
    colour, letter = text[7].lower(), text[9].upper()
    if letter not in _letters:
        raise ValueError(f"round {round}: there is no result {letter!r}")
    return _with_opponent(round, opponent, colour, letter) if opponent else _without(round, colour, letter)


def _with_opponent(round: int, opponent: int, colour: str, letter: str) -> Cell:
    if letter in BYES:
        raise ValueError(f"round {round}: the bye {letter} has no opponent, but {opponent} is named")
    if colour not in ("w", "b"):
        raise ValueError(f"round {round}: a game against {opponent} has no colour")
    return Cell(opponent, "w" if colour == "w" else "b", letter)


def _without(round: int, colour: str, letter: str) -> Cell | None:
    """Older programs write a plus or a minus for who had no opponent: a point, or none, without a game."""
    if colour not in ("-", " "):
        raise ValueError(f"round {round}: a colour, but no opponent")
    if letter == " ":
        return None
    letter = {"+": "F", "-": "Z"}.get(letter, letter)
    if letter not in BYES:
        raise ValueError(f"round {round}: the result {letter} needs an opponent")
    return Cell(0, "-", letter)
