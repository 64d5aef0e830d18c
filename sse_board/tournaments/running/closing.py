"""A round is over with its last game."""

from sse_board.stores.queries import Queries
from sse_board.tournaments.payloads import names_of
from sse_board.tournaments.rules import require_round
from sse_board.tournaments.running.changing import Change
from sse_board.tournaments.running.events import round_events
from sse_board.tournaments.tournament import Picture

_queries = Queries("tournaments")


async def close_round(change: Change, picture: Picture, number: int) -> None:
    """In the transaction of what ended it. Those who stand in the standings are told by the worker (`told.py`)."""
    await change.run(_queries.complete_round, number=number)
    names, by = names_of(picture), change.actor.user_id
    change.tell(round_events("completed", change.id, require_round(picture, number), names, by))
