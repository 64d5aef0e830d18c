"""Which runs are live: from Redis with their metrics, from PostgreSQL without where it does not answer."""

import asyncio
from collections.abc import Sequence
from heapq import nlargest
from typing import NamedTuple

import structlog
from redis import RedisError

from sse_board.sessions.finding import Finder, bare
from sse_board.sessions.memory import LiveRuns
from sse_board.sessions.metrics import LiveRun
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_log = structlog.get_logger()
_queries = Queries("sessions")


class Listing(NamedTuple):
    """`has_metrics`: whether they come from where metrics are."""

    runs: Sequence[LiveRun]
    has_metrics: bool


class Listings:
    def __init__(self, live: LiveRuns, finder: Finder, postgres: Postgres) -> None:
        self._live = live
        self._finder = finder
        self._postgres = postgres

    async def newest(self, app: str | None, limit: int, offset: int) -> Listing:
        """A page of the live runs, of one app or of all, the newest first. Raises Unavailable."""
        try:
            ids = await self._ids(app, offset + limit)
            found = await self._finder.find_live(ids[offset:])
            return Listing([run for run in found if run.ended is None], True)
        except RedisError as error:
            _log.warning("live runs without metrics", reason=repr(error))
        page = {"app": app, "limit": limit, "offset": offset}
        return Listing([bare(row) for row in await self._postgres.all(_queries.newest, **page)], False)

    async def of_player(self, user_id: str) -> list[LiveRun]:
        """A player's live runs, the newest first. Raises Unavailable."""
        rows = await self._postgres.all(_queries.open_of_player, user_id=user_id)
        found = await self._finder.find_many([row[0] for row in rows])
        return [run for run in found.values() if run.ended is None]

    async def _ids(self, app: str | None, most: int) -> list[str]:
        apps = await self._live.apps() if app is None else [app]
        pages = await asyncio.gather(*(self._live.newest(one, most) for one in apps))
        return [run_id for _, run_id in nlargest(most, (entry for page in pages for entry in page))]
