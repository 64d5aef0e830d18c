"""What the worker does for the history of connections: ends what nobody ended, forgets what is old."""

from datetime import timedelta

from redis.asyncio import Redis

from sse_board.live.register import present
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("connections")

#: How far the history reaches back.
HISTORY_KEPT = timedelta(days=7)
#: Rows of one statement, and statements of one time: 50 000 a minute are more than any installation opens.
ROWS, ROUNDS = 5_000, 10


class ConnectionsChore:
    def __init__(self, postgres: Postgres, redis: Redis) -> None:
        self._postgres = postgres
        self._redis = redis
        self._missed: set[str] = set()

    async def tidy(self) -> None:
        """Raises Unavailable or redis.RedisError."""
        await self._forget()
        await self._close_lost()

    async def _forget(self) -> None:
        for _ in range(ROUNDS):
            if await self._postgres.run(_queries.forget, kept=HISTORY_KEPT, limit=ROWS) < ROWS:
                return

    async def _close_lost(self) -> None:
        """A process must be missed twice: it may have been busy, or Redis emptied."""
        rows = await self._postgres.all(_queries.open_processes)
        missed = {row[0] for row in rows} - await present(self._redis)
        gone, self._missed = missed & self._missed, missed
        if gone:
            await self._postgres.run(_queries.close_lost, processes=list(gone))
