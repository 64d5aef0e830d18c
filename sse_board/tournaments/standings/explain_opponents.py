"""How Buchholz and Sonneborn-Berger of one player came about. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sse_board.tournaments.standings.explanation import Account, Number, Share, share
from sse_board.tournaments.standings.field import Field, trailing
from sse_board.tournaments.standings.opponents import Faced, cut, faced, products
from sse_board.tournaments.standings.row import Cell
from sse_board.tournaments.standings.rules import FORFEITS, PLAYED, REQUESTED
from sse_board.tournaments.standings.wire import on_the_wire
from sse_board.tournaments.standings.wording import halves, in_rounds, met, points, quarters
from sse_board.tournaments.tournament import TieBreak, shown

_SUMS: Mapping[TieBreak, str] = {
    "BH": "What the opponents count for, together.",
    "BH-C1": "What the opponents count for, together, without the lowest.",
    "SB": "What each opponent counts for times the points made against them, together.",
    "SB-C1": "What each opponent counts for times the points made against them, together, without the lowest one.",
}


@dataclass(frozen=True, slots=True)
class _Sum:
    """One tie-break of one player: a value for each round that counts, of which one may be cut."""

    field: Field
    code: TieBreak
    id: str
    mine: Faced
    values: Sequence[int]
    cut: int | None


def explain_opponents(field: Field, code: TieBreak, id: str, value: Number) -> Account:
    mine = faced(field, id)
    values = mine.scores if code in ("BH", "BH-C1") else products(mine)
    dropped = cut(mine, values) if code in ("BH-C1", "SB-C1") and values else None
    whole = _Sum(field, code, id, mine, values, dropped)
    places = {cell.round: index for index, cell in enumerate(mine.cells)}
    return Account(code, value, _SUMS[code], tuple(_share(whole, cell, places) for cell in field.cells[id]))


def _share(whole: _Sum, cell: Cell, places: Mapping[int, int]) -> Share:
    happened = met(cell.outcome, cell.opponent and whole.field.names[cell.opponent])
    if cell.round not in places:
        return share(whole.field, cell, f"{happened}. Does not count.")
    index = places[cell.round]
    is_cut = index == whole.cut
    return share(
        whole.field,
        cell,
        " ".join(_words(whole, cell, index, happened)),
        counts=shown(whole.mine.scores[index]),
        value=on_the_wire(whole.code, whole.values[index]),
        is_cut=is_cut,
    )


def _words(whole: _Sum, cell: Cell, index: int, happened: str) -> Iterator[str]:
    score, value = whole.mine.scores[index], whole.values[index]
    yield f"{happened}."
    yield _counts(whole, cell, score)
    if whole.code in ("SB", "SB-C1"):
        yield f"{halves(score)} × {halves(cell.points)} = {quarters(value)}."
    if index == whole.cut:
        yield _why_cut(whole)


def _counts(whole: _Sum, cell: Cell, score: int) -> str:
    if cell.opponent and (whole.field.is_round_robin or cell.outcome in PLAYED):
        return _opponent(whole.field, cell.opponent)
    return _dummy(whole, cell, score)


def _opponent(field: Field, id: str) -> str:
    """What they have, and where they count for something else, why."""
    has, counts = field.scores[id], field.adjusted[id]
    if has == counts:
        return f"{field.names[id]} has {points(has)}."
    return (
        f"{field.names[id]} has {points(has)}, and counts for {halves(counts)}: {in_rounds(_missed(field, id))}, "
        "missed by choice with nothing played after, count as draws to others."
    )


def _missed(field: Field, id: str) -> list[int]:
    cells = field.cells[id]
    return [one.round for one in cells[len(cells) - trailing(cells) :] if one.outcome in REQUESTED]


def _dummy(whole: _Sum, cell: Cell, score: int) -> str:
    names = whole.field.names
    text = f"Counts as a game with a dummy that has {points(score)}"
    if score == whole.field.scores[whole.id]:
        return f"{text}, like {names[whole.id]}."
    if cell.outcome in FORFEITS and cell.opponent:
        return f"{text}: no more than {names[cell.opponent]} counts for."
    return f"{text}: no more than a draw in each of {whole.field.tournament.rounds} rounds."


def _why_cut(whole: _Sum) -> str:
    if whole.cut in whole.mine.away:
        return "Cut: the lowest of the rounds missed by choice, because it is not lower than the lowest of all."
    if whole.code == "SB-C1":
        return "Cut: what was made against the lowest opponent."
    return "Cut: the lowest."
