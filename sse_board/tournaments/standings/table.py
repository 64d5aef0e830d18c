"""The standings, whole. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from sse_board.tournaments.standings.field import Field, field_of
from sse_board.tournaments.standings.ranking import Ranking, ranking
from sse_board.tournaments.standings.row import Row, Table
from sse_board.tournaments.tournament import Picture, TieBreak, shown


def standings(picture: Picture, through: int | None = None) -> Table:
    """After `through` rounds, or all that were started; of a round under way with the results that are there.

    Everybody's are computed anew: a round can change what an earlier bye of somebody else counts for.
    """
    field = field_of(picture, through)
    codes = picture.tournament.tie_breaks
    present = ranking(field, codes)
    rows = _rows(field, present, _ranks_before(field, codes))
    return Table(picture.version, field.through, rows)


def _ranks_before(field: Field, codes: tuple[TieBreak, ...]) -> Mapping[str, int]:
    if field.through < 2:
        return {}
    return {id: rank for rank, id in ranking(field.before(), codes).ranks()}


def _rows(field: Field, present: Ranking, before: Mapping[str, int]) -> tuple[Row, ...]:
    participants = {one.id: one for one in field.participants}
    columns = [(code, {id: on_the_wire(code, value) for id, value in values.items()}) for code, values in present.values.items()]
    return tuple(
        Row(
            rank,
            before.get(id),
            participants[id],
            field.scores[id],
            {code: column[id] for code, column in columns},
            field.cells[id],
        )
        for rank, id in present.ranks()
    )


def on_the_wire(code: TieBreak, value: int) -> int | Decimal:
    """From the unit it is counted in: half-points, quarter-points, or one."""
    match code:
        case "SB" | "SB-C1":
            return value // 4 if value % 4 == 0 else Decimal(value) / 4
        case "BH" | "BH-C1" | "PS":
            return shown(value)
        case "DE" | "WIN" | "WON":
            return value
