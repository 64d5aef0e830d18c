"""What a player's own results make: wins, games won, the progressive score (C.07 article 7). Pure."""

from sse_board.tournaments.standings.field import Field
from sse_board.tournaments.standings.row import Cell


def wins(field: Field) -> dict[str, int]:
    win = field.points.win
    return {id: sum([is_win(cell, win) for cell in cells]) for id, cells in field.cells.items()}


def is_win(cell: Cell, win: int) -> bool:
    """As many points as for a win, with or without playing (7.1)."""
    return cell.points == win and cell.outcome != ""


def games_won(field: Field) -> dict[str, int]:
    return {id: sum([is_won(cell) for cell in cells]) for id, cells in field.cells.items()}


def is_won(cell: Cell) -> bool:
    """Over the board, in round-robins too (7.2)."""
    return cell.outcome == "1"


def progressive(field: Field) -> dict[str, int]:
    """The sum of the scores after each round that is over for the player: half-points (7.5)."""
    return {id: sum([cell.total for cell in cells if cell.outcome]) for id, cells in field.cells.items()}
