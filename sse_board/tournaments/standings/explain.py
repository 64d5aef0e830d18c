"""How the place of one player came about: each tie-break, round by round. Pure."""

from sse_board.errors import NotFound
from sse_board.tournaments.standings.explain_encounter import explain_encounter
from sse_board.tournaments.standings.explain_opponents import explain_opponents
from sse_board.tournaments.standings.explain_tallies import explain_tally
from sse_board.tournaments.standings.explanation import Account, Explanation
from sse_board.tournaments.standings.field import Field, field_of
from sse_board.tournaments.standings.ranking import Ranking, ranking
from sse_board.tournaments.standings.wire import on_the_wire
from sse_board.tournaments.tournament import Picture, TieBreak, shown


def explain(picture: Picture, participant_id: str, through: int | None = None) -> Explanation:
    """Of the table that `standings` gives for the same. Raises NotFound for who is not in it."""
    field = field_of(picture, through)
    if participant_id not in field.cells:
        raise NotFound("There is no such participant in these standings.")
    found = ranking(field, picture.tournament.tie_breaks)
    ranks = {id: rank for rank, id in found.ranks()}
    return Explanation(
        participant_id=participant_id,
        name=field.names[participant_id],
        version=str(picture.version),
        through=field.through,
        rank=ranks[participant_id],
        score=shown(field.scores[participant_id]),
        tie_breaks=tuple(_account(field, found, code, participant_id) for code in picture.tournament.tie_breaks),
    )


def _account(field: Field, found: Ranking, code: TieBreak, id: str) -> Account:
    value = on_the_wire(code, found.values[code][id])
    match code:
        case "DE":
            return explain_encounter(field, found.tied, id, value)
        case "WIN" | "WON" | "PS":
            return explain_tally(field, code, id, value)
        case _:
            return explain_opponents(field, code, id, value)
