"""Finding a run: in Redis, and in PostgreSQL once for each that Redis has lost."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from redis import RedisError

from sse_board.clock import Clock, to_milliseconds
from sse_board.errors import NotFound
from sse_board.gathering import Gathered
from sse_board.sessions.memory import ENDED_SECONDS, LiveRuns
from sse_board.sessions.metrics import LiveRun
from sse_board.sessions.rules import Evidence
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_log = structlog.get_logger()
_queries = Queries("sessions")

#: Runs of which it is remembered that they have ended, or never were: some hundred bytes each.
SETTLED_LIMIT = 10_000
#: A finish waits so long for what was told while its run lasted, and then goes without: seconds.
EVIDENCE_SECONDS = 0.25
UNKNOWN = "There is no such run."


def canonical(text: str) -> str:
    """The id of a run as it is kept. Raises NotFound for what is none."""
    try:
        return str(UUID(text))
    except ValueError:
        raise NotFound(UNKNOWN) from None


class Finder:
    def __init__(self, live: LiveRuns, postgres: Postgres, clock: Clock) -> None:
        self._live = live
        self._postgres = postgres
        self._clock = clock
        self._reads = Gathered(self._read)
        self._look_ups = Gathered(self._look_up)
        self._begins = Gathered(self._begin)
        self._settled: OrderedDict[str, LiveRun | None] = OrderedDict()

    async def find(self, run_id: str) -> LiveRun:
        """With all that is known of it. Raises NotFound; Unavailable when neither store can tell."""
        try:
            _, run = await self._reads(run_id)
        except RedisError:
            run = await self._stored(run_id)
        else:
            run = run or await self.recall(run_id)
        if run is None:
            raise NotFound(UNKNOWN)
        return run

    async def find_shown(self, run_id: str) -> LiveRun:
        """The same for listeners, who may see a run that has ended for a while only."""
        run = await self.find(run_id)
        if run.ended is not None and self.now() - run.ended > ENDED_SECONDS * 1000:
            raise NotFound(UNKNOWN)
        return run

    async def find_many(self, ids: Sequence[str]) -> dict[str, LiveRun]:
        """Those of the runs that there are, by id. Raises Unavailable as `find` does."""
        wanted = list(dict.fromkeys(ids))
        try:
            known = {run.id: run for run in await self.find_live(wanted)}
            look = self.recall
        except RedisError:
            known, look = {}, self._stored
        lost = await asyncio.gather(*(look(run_id) for run_id in wanted if run_id not in known))
        return {**known, **{run.id: run for run in lost if run is not None}}

    async def find_live(self, ids: Sequence[str]) -> list[LiveRun]:
        """Those that Redis has, in one go. Raises RedisError."""
        _, runs = await self._live.read(list(ids))
        return [run for run in runs if run is not None]

    async def recall(self, run_id: str) -> LiveRun | None:
        """A run that Redis has lost, or never heard of: from PostgreSQL, and where it is open back into Redis."""
        run = await self._stored(run_id)
        if run is not None and run.ended is None:
            run = replace(run, lost=self.now(), is_bare=False)
            try:
                await self._begins(run)
            except RedisError as error:
                _log.warning("run not recalled", run=run_id, reason=repr(error))
        return run

    async def evidence(self, run_id: str) -> Evidence | None:
        """What was told while the run lasted; None where Redis has nothing of it or does not answer in time."""
        try:
            async with asyncio.timeout(EVIDENCE_SECONDS):
                now, run = await self._reads(run_id)
        except (RedisError, TimeoutError):
            return None
        return Evidence(run, now) if run else None

    def now(self) -> int:
        return to_milliseconds(self._clock())

    async def _read(self, ids: Sequence[str]) -> list[tuple[int, LiveRun | None]]:
        now, runs = await self._live.read(ids)
        return [(now, run) for run in runs]

    async def _begin(self, runs: Sequence[LiveRun]) -> list[None]:
        await self._live.begin(runs)
        return [None] * len(runs)

    async def _stored(self, run_id: str) -> LiveRun | None:
        if run_id in self._settled:
            return self._settled[run_id]
        run = await self._look_ups(run_id)
        if run is None or run.ended is not None:
            self._settle(run_id, run)
        return run

    def _settle(self, run_id: str, run: LiveRun | None) -> None:
        self._settled[run_id] = run
        if len(self._settled) > SETTLED_LIMIT:
            self._settled.popitem(last=False)

    async def _look_up(self, ids: Sequence[str]) -> list[LiveRun | None]:
        rows = await self._postgres.all(_queries.known, ids=list(set(ids)))
        found = {row[0]: bare(row) for row in rows}
        return [found.get(run_id) for run_id in ids]


def bare(row: Sequence[Any]) -> LiveRun:
    """A run as PostgreSQL knows it: without metrics."""
    run_id, user_id, username, app, started, ended, _ = row
    return LiveRun(
        run_id, user_id, username, app, to_milliseconds(started), {}, ended=_milliseconds(ended), is_bare=True
    )


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else to_milliseconds(moment)
