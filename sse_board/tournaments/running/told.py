"""Players are told where they stand after a round: by the worker, so that no result waits for the standings."""

import asyncio

import structlog

from sse_board.errors import Unavailable
from sse_board.live.events.outbox import Outbox
from sse_board.notifications.notify import notify
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tournaments.pictures import read_picture
from sse_board.tournaments.running.notices import standings_notices
from sse_board.tournaments.standings.table import standings

_log = structlog.get_logger()
_queries = Queries("tournaments")

#: How late players may hear of it, at the most: seconds.
TELL_SECONDS = 1.0
#: Rounds told of at one time: there are never so many.
ROUNDS_AT_ONCE = 20


class StandingsTeller:
    """Each round once, whoever is the active worker: its mark is set in the transaction of the notices."""

    def __init__(self, postgres: Postgres, outbox: Outbox) -> None:
        self._postgres = postgres
        self._outbox = outbox

    async def tell(self) -> None:
        """Raises Unavailable. What goes wrong with one tournament keeps no other from being told."""
        for id, number in await self._postgres.all(_queries.untold, limit=ROUNDS_AT_ONCE):
            try:
                await self._tell(id, number)
            except Unavailable:
                raise
            except Exception:
                _log.exception("standings cannot be told", tournament=id, round=number)

    async def _tell(self, id: str, number: int) -> None:
        async with self._postgres.connection() as connection:
            picture = await read_picture(connection, id)
        table = await asyncio.to_thread(standings, picture, number)
        async with self._outbox.writing() as writing:
            marked = await writing.connection.execute(_queries.standings_told, {"id": id, "number": number})
            if marked.rowcount:
                await notify(writing, standings_notices(id, picture.tournament.name, table))
