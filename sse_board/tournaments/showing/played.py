"""The tournaments of one player, for their page."""

from dataclasses import dataclass
from datetime import datetime

from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("tournament_lists")

#: Tournaments on the page of a player: what the years leave is looked up in the tournaments themselves.
PLAYED_ROWS = 10


@dataclass(frozen=True, slots=True)
class Played:
    """`participant_id`: who the player is there."""

    id: str
    name: str
    status: str
    starts_at: datetime
    participant_id: str


async def played(postgres: Postgres, user_id: str) -> list[Played]:
    """The newest first. Raises Unavailable."""
    rows = await postgres.all(_queries.played, user_id=user_id, limit=PLAYED_ROWS)
    return [Played(*row) for row in rows]
