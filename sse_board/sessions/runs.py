"""Runs begin and end: in PostgreSQL with the feed's entries, then in Redis, which may be lost."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from redis import RedisError

from sse_board.activity.record import Entry, record
from sse_board.clock import Clock, to_milliseconds
from sse_board.errors import BoardError, Forbidden, NotFound
from sse_board.sessions.finding import UNKNOWN
from sse_board.sessions.memory import LiveRuns
from sse_board.sessions.metrics import LiveRun
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries

_log = structlog.get_logger()
_queries = Queries("sessions")
_boards = Queries("boards")

#: Runs of one player that are open at a time: one in each app. Who begins another has left the oldest behind, in a
#: tab that was closed, and should not be told to go and find it: it ends.
OPEN_RUNS = 4


@dataclass(frozen=True, slots=True)
class Stored:
    """A run as PostgreSQL has it. `scored_by`: the action that finished it."""

    id: str
    user_id: str
    username: str
    app: str
    started_at: datetime
    ended_at: datetime | None
    scored_by: str | None


class Runs:
    def __init__(self, postgres: Postgres, live: LiveRuns, clock: Clock) -> None:
        self._postgres = postgres
        self._live = live
        self._clock = clock

    async def start(self, user_id: str, app: str) -> tuple[str, datetime]:
        """The id and the beginning of a new run. Raises Unavailable."""
        run_id, now = str(uuid.uuid4()), self._clock()
        fields = {"id": run_id, "user_id": user_id, "app": app, "started_at": now}
        async with self._postgres.transaction() as connection:
            row = await (await connection.execute(_queries.start, fields)).fetchone()
            assert row is not None
            data = {"sessionId": run_id, "app": app}
            await record(connection, [Entry("session.started", user_id, None, data)])
        await self._begin(LiveRun(run_id, user_id, row[0], app, to_milliseconds(now), {}))
        await self._end_surplus(user_id)
        return run_id, now

    async def _begin(self, run: LiveRun) -> None:
        """Without Redis the run counts as lost there, and is brought back with its first tick."""
        try:
            await self._live.begin([run])
        except RedisError as error:
            _log.warning("run not in Redis", run=run.id, reason=repr(error))

    async def _end_surplus(self, user_id: str) -> None:
        """Looked for after the commit: of two that begin at once the later sees both."""
        try:
            runs = await self._postgres.all(_queries.open_of_player, user_id=user_id)
            await self.end_all([row[0] for row in runs[OPEN_RUNS:]])
        except BoardError as error:
            _log.warning("surplus runs not ended", user=user_id, reason=error.message)

    async def end(self, run_id: str, user_id: str) -> Stored:
        """End a run of the player's unscored; one that has ended is told as it did. Raises NotFound, Forbidden."""
        run = await self._find(run_id)
        if run.user_id != user_id:
            raise Forbidden("This is somebody else's run.")
        if run.ended_at is None:
            await self.end_all([run_id])
            run = await self._find(run_id)
        return run

    async def end_all(self, ids: Sequence[str]) -> list[Stored]:
        """End those of the runs that are open, unscored; them."""
        if not ids:
            return []
        async with self._postgres.transaction() as connection:
            ended = await _end(connection, ids)
        await self.tell_ended([(run.id, run.user_id, run.app) for run in ended])
        return ended

    async def tell_ended(self, runs: Sequence[tuple[str, str, str]]) -> None:
        """(run, player, app) have ended: listeners see it. Never raises: what Redis misses the worker repairs."""
        if not runs:
            return
        try:
            await self._live.end(runs)
        except RedisError as error:
            _log.warning("ended runs not told", runs=len(runs), reason=repr(error))

    async def _find(self, run_id: str) -> Stored:
        row = await self._postgres.one(_queries.known, ids=[run_id])
        if row is None:
            raise NotFound(UNKNOWN)
        return Stored(*row)


async def _end(connection: Connection, ids: Sequence[str]) -> list[Stored]:
    await connection.execute(_boards.turnstile)
    rows: Sequence[Any] = await (await connection.execute(_queries.end, {"ids": list(ids)})).fetchall()
    ended = [Stored(*row) for row in rows]
    entries = [
        Entry("session.ended", run.user_id, None, {"sessionId": run.id, "app": run.app, "scored": False})
        for run in ended
    ]
    await record(connection, entries)
    return ended
