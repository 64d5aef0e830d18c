"""The standings, whole. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from sse_board.tournaments.standings.field import Field, field_of
from sse_board.tournaments.standings.ranking import Ranking, Values, ranking
from sse_board.tournaments.standings.row import Row, Table
from sse_board.tournaments.standings.wire import on_the_wire
from sse_board.tournaments.tournament import Picture, TieBreak


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
    return {id: rank for rank, id in ranking(field.before(), codes, ranks_only=True).ranks()}


def _rows(field: Field, present: Ranking, before: Mapping[str, int]) -> tuple[Row, ...]:
    participants = {one.id: one for one in field.participants}
    columns = [(code, _column(code, values)) for code, values in present.values.items()]
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


def _column(code: TieBreak, values: Values) -> Mapping[str, int | Decimal]:
    """Few values are many players'."""
    numbers = {value: on_the_wire(code, value) for value in set(values.values())}
    return {id: numbers[value] for id, value in values.items()}
