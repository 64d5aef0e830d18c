"""Who stands before whom: by score, then by each tie-break within what is still tied. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sse_board.tournaments.standings.cells import Cells
from sse_board.tournaments.standings.encounter import Group, encounters
from sse_board.tournaments.standings.field import Field
from sse_board.tournaments.standings.opponents import (
    Faced,
    buchholz,
    buchholz_cut,
    faced,
    sonneborn_berger,
    sonneborn_berger_cut,
)
from sse_board.tournaments.standings.tallies import games_won, progressive, wins
from sse_board.tournaments.tournament import Points, TieBreak

#: By participants' ids, in the unit of the tie-break.
Values = Mapping[str, int]

_OPPONENTS: Mapping[TieBreak, Callable[[Faced], int]] = {
    "BH": buchholz,
    "BH-C1": buchholz_cut,
    "SB": sonneborn_berger,
    "SB-C1": sonneborn_berger_cut,
}
_TALLIES: Mapping[TieBreak, Callable[[Cells, Points], int]] = {"WIN": wins, "WON": games_won, "PS": progressive}


@dataclass(frozen=True, slots=True)
class Ranking:
    """`groups`: the best first; who is in one shares a rank. `tied`: what Direct Encounter was to separate."""

    groups: Sequence[Group]
    values: Mapping[TieBreak, Values]
    tied: Sequence[Group] = ()

    def ranks(self) -> Iterator[tuple[int, str]]:
        """Rank and id of everybody, in order: 1, 2, 2, 4 …"""
        rank = 1
        for group in self.groups:
            yield from ((rank, id) for id in group)
            rank += len(group)


def ranking(field: Field, codes: Sequence[TieBreak], *, ranks_only: bool = False) -> Ranking:
    """With `ranks_only` only those have values who are still tied, which is sooner done."""
    met = {id: faced(field, id) for id in field.cells} if _OPPONENTS.keys() & set(codes) else {}
    groups = _divided([list(field.cells)], field.scores) if field.cells else []
    values: dict[TieBreak, Values] = {}
    tied: Sequence[Group] = ()
    for code in codes:
        if code == "DE":
            tied, places = groups, encounters(field, groups)
            groups, values[code] = _divided(groups, {id: -place for id, place in places.items()}), places
        else:
            ids = [id for group in groups if len(group) > 1 for id in group] if ranks_only else field.cells
            values[code] = _counted(code, field, ids, met)
            groups = _divided(groups, values[code])
    return Ranking(groups, values, tied)


def _counted(code: TieBreak, field: Field, ids: Iterable[str], met: Mapping[str, Faced]) -> Values:
    if code in _OPPONENTS:
        count = _OPPONENTS[code]
        return {id: count(met[id]) for id in ids}
    tally = _TALLIES[code]
    return {id: tally(field.cells[id], field.points) for id in ids}


def _divided(groups: Sequence[Group], values: Values) -> list[Group]:
    """Each group by itself, the highest value first; equal ones keep their order."""
    return [part for group in groups for part in _parts(group, values)]


def _parts(group: Group, values: Values) -> list[Group]:
    if len(group) == 1:
        return [group]
    ordered = sorted(group, key=values.__getitem__, reverse=True)
    return [list(part) for _, part in groupby(ordered, key=values.__getitem__)]
