"""What a player's own results make: wins, games won, the progressive score (C.07 article 7). Pure."""

from sse_board.tournaments.standings.cells import Cells
from sse_board.tournaments.standings.row import Cell
from sse_board.tournaments.tournament import Points


def wins(cells: Cells, points: Points) -> int:
    """Rounds with as many points as for a win, with or without playing (7.1)."""
    return sum([cell.points == points.win for cell in cells if cell.outcome])


def games_won(cells: Cells, _: Points) -> int:
    """Over the board, in round-robins too (7.2)."""
    return sum([is_won(cell) for cell in cells])


def is_won(cell: Cell) -> bool:
    return cell.outcome == "1"


def progressive(cells: Cells, _: Points) -> int:
    """The sum of the scores after each round that is over for the player: half-points (7.5)."""
    return sum([cell.total for cell in cells if cell.outcome])
