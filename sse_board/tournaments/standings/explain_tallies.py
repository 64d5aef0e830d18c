"""How wins, games won and the progressive score of one player came about. Pure."""

from collections.abc import Mapping

from sse_board.tournaments.standings.explanation import Account, Number, Share, share
from sse_board.tournaments.standings.field import Field
from sse_board.tournaments.standings.row import Cell
from sse_board.tournaments.standings.tallies import is_won, wins
from sse_board.tournaments.standings.wording import met, points
from sse_board.tournaments.tournament import TieBreak, shown

_SUMS: Mapping[TieBreak, str] = {
    "WIN": "Rounds with as many points as for a win, with or without a game.",
    "WON": "Games won over the board.",
    "PS": "The scores after each round, together.",
}


def explain_tally(field: Field, code: TieBreak, id: str, value: Number) -> Account:
    return Account(code, value, _SUMS[code], tuple(_share(field, code, cell) for cell in field.cells[id]))


def _share(field: Field, code: TieBreak, cell: Cell) -> Share:
    happened = met(cell.outcome, cell.opponent and field.names[cell.opponent])
    if not cell.outcome:
        return share(field, cell, f"{happened}. Does not count.")
    if code == "PS":
        return share(field, cell, f"{happened}. {points(cell.total)} after that.", value=shown(cell.total))
    counts = wins((cell,), field.points) if code == "WIN" else is_won(cell)
    return share(field, cell, f"{happened}.", value=int(counts))
