"""The standings, whole. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from sse_board.tournaments.standings.field import Field, field_of, started
from sse_board.tournaments.standings.ranking import Ranking, Values, ranking
from sse_board.tournaments.standings.row import Row, Table
from sse_board.tournaments.standings.wire import on_the_wire
from sse_board.tournaments.tournament import Picture, TieBreak

#: Ranks by participants' ids.
Ranks = Mapping[str, int]


def standings(picture: Picture, through: int | None = None, before: Ranks | None = None) -> Table:
    """After `through` rounds, or all that were started; of a round under way with the results that are there.
    `before`: the ranks after the round before, where they are known (`ranks_before`).

    Everybody's are computed anew: a round can change what an earlier bye of somebody else counts for.
    """
    field = field_of(picture, through)
    codes = picture.tournament.tie_breaks
    present = ranking(field, codes)
    rows = _rows(field, present, _ranks_before(field, codes) if before is None else before)
    return Table(picture.version, field.through, rows)


def ranks_before(known: Table, of: Picture, picture: Picture) -> Ranks | None:
    """Those that a table of another version says, where nothing that they are made of is another now."""
    if _made_of(of, known.through) != _made_of(picture, known.through):
        return None
    return {row.participant.id: row.previous_rank for row in known.rows if row.previous_rank is not None}


def _made_of(picture: Picture, through: int) -> tuple[object, ...]:
    """All that ranks after the round before `through` are made of."""
    whole = picture.tournament
    rules = (whole.system, whole.rounds, whole.tie_breaks, whole.edition, whole.points)
    return rules, picture.participants, started(picture)[: max(0, through - 1)]


def _ranks_before(field: Field, codes: tuple[TieBreak, ...]) -> Ranks:
    if field.through < 2:
        return {}
    return {id: rank for rank, id in ranking(field.before(), codes, ranks_only=True).ranks()}


def _rows(field: Field, present: Ranking, before: Ranks) -> tuple[Row, ...]:
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
