"""How Direct Encounter of one player came about. Pure."""

from collections.abc import Iterator, Sequence

from sse_board.tournaments.standings.encounter import Group, Separate, all_met, separate, split
from sse_board.tournaments.standings.explanation import Account, Number, Share, share
from sse_board.tournaments.standings.field import Field
from sse_board.tournaments.standings.row import Cell
from sse_board.tournaments.standings.rules import PLAYED
from sse_board.tournaments.standings.wording import halves, listed, met
from sse_board.tournaments.tournament import shown

#: Players that a sentence names; of larger groups it tells of the player alone.
NAMED_LIMIT = 6


def explain_encounter(field: Field, tied: Sequence[Group], id: str, value: Number) -> Account:
    group = next(group for group in tied if id in group)
    if len(group) == 1:
        return Account("DE", value, "Nobody else is tied here.", ())
    last = f"That makes place {value} of {len(group)}." if value else "That separates nobody."
    cells = (cell for cell in field.cells[id] if cell.opponent in group)
    words = " ".join([*_looks(field, group, id), last])
    return Account("DE", value, words, tuple(_share(field, cell) for cell in cells))


def _share(field: Field, cell: Cell) -> Share:
    assert cell.opponent is not None
    happened = met(cell.outcome, field.names[cell.opponent])
    if cell.outcome in PLAYED or (field.is_round_robin and cell.outcome):
        return share(field, cell, f"{happened}.", value=shown(cell.points))
    return share(field, cell, f"{happened}. Does not count.")


def _looks(field: Field, group: Group, id: str) -> Iterator[str]:
    """Two sentences or three for each look, at those who are still tied."""
    are = "are"
    while len(group) > 1:
        yield f"{_who(field, group)} {are} tied."
        lines = separate(field, group)
        yield _standings(field, lines, id) if all_met(field, lines) else _chances(field, lines, id)
        parts = split(field, group)
        if len(parts) == 1:
            return
        group, are = next(part for part in parts if id in part), "are still"


def _who(field: Field, group: Group) -> str:
    return f"{len(group)} players" if len(group) > NAMED_LIMIT else listed([field.names[id] for id in group])


def _standings(field: Field, lines: Sequence[Separate], id: str) -> str:
    told = [f"{field.names[line.id]} ({halves(line.score)})" for line in _named(lines, id)]
    return f"In the games between them: {listed(told)}."


def _chances(field: Field, lines: Sequence[Separate], id: str) -> str:
    """Where games between them are missing, only who comes first whatever these would have brought is first."""
    told = [f"{field.names[line.id]} ({_between(field, line)})" for line in _named(lines, id)]
    return f"Not all have met. In the games between them, with what those missing could bring: {listed(told)}."


def _between(field: Field, line: Separate) -> str:
    worst, best = halves(line.worst(field.points)), halves(line.best(field.points))
    return worst if worst == best else f"{worst} to {best}"


def _named(lines: Sequence[Separate], id: str) -> list[Separate]:
    if len(lines) > NAMED_LIMIT:
        return [line for line in lines if line.id == id]
    return sorted(lines, key=lambda line: line.score, reverse=True)
