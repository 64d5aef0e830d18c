"""What the active worker does for runs: those that fell silent end, and Redis learns what it missed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from redis.asyncio import Redis

from sse_board.clock import utc_now
from sse_board.sessions.finding import bare
from sse_board.sessions.memory import LiveRuns
from sse_board.sessions.metrics import LiveRun
from sse_board.sessions.runs import Runs
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("sessions")

#: A run that nothing is heard of for so long has been left: milliseconds.
SILENT_MS = 300_000
#: A younger run may still be on its way from PostgreSQL to Redis: who began it puts it there. Milliseconds.
YOUNG_MS = 5_000
#: Runs that are looked at together: one round trip to each store.
PAGE_RUNS = 500
#: Before any id.
NO_ID = "00000000-0000-0000-0000-000000000000"


class RunKeeper:
    """PostgreSQL says which runs are open, Redis when each was last heard of; without Redis none ends."""

    def __init__(self, postgres: Postgres, live: LiveRuns, runs: Runs) -> None:
        self._postgres = postgres
        self._live = live
        self._runs = runs

    async def keep(self) -> None:
        """Once. Raises RedisError and Unavailable: the next time comes.

        What Redis shows is read first: all of it began in PostgreSQL before, so what is not open there has ended.
        """
        shown = {run_id: app for app in await self._live.apps() for _, run_id in await self._live.newest(app, -1)}
        async for page in self._open():
            await self._look_at(page)
            for run in page:
                shown.pop(run.id, None)
        await self._tell_ended(list(shown.items()))

    async def _open(self) -> AsyncIterator[list[LiveRun]]:
        after = NO_ID
        while rows := await self._postgres.all(_queries.open_after, after=after, limit=PAGE_RUNS):
            yield [bare(row) for row in rows]
            after = rows[-1][0]

    async def _look_at(self, page: Sequence[LiveRun]) -> None:
        """Who is not in Redis any more is put there: its five minutes begin when that is noticed."""
        now, found = await self._live.read([run.id for run in page])
        missing = [run for run, known in zip(page, found, strict=True) if known is None]
        lost = [replace(run, lost=now) for run in missing if now - run.started > YOUNG_MS]
        await self._live.begin(lost)
        silent = [run.id for run in found if run is not None and now - run.heard > SILENT_MS]
        await self._runs.end_all(silent)

    async def _tell_ended(self, left: Sequence[tuple[str, str]]) -> None:
        """Nobody came to tell of these after their commit."""
        for start in range(0, len(left), PAGE_RUNS):
            page = left[start : start + PAGE_RUNS]
            await self._live.end([(run_id, "", app) for run_id, app in page])


def run_keeper(postgres: Postgres, redis: Redis) -> RunKeeper:
    live = LiveRuns(redis)
    return RunKeeper(postgres, live, Runs(postgres, live, utc_now))
