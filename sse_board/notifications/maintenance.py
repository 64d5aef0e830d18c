"""Maintenance: announced and called off by admins, begun and ended on time by the active worker."""

from dataclasses import replace
from datetime import datetime

from sse_board.admin.audit import record
from sse_board.clock import Clock
from sse_board.errors import Conflict, NotFound
from sse_board.live.events.outbox import Outbox
from sse_board.notifications.window import Window, check_times
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Identity

_queries = Queries("maintenance")

#: Windows in one answer; there are never so many ahead.
WINDOWS_LIMIT = 100


class Maintenance:
    """What admins do. Each change is one transaction with its event."""

    def __init__(self, postgres: Postgres, outbox: Outbox, clock: Clock) -> None:
        self._postgres = postgres
        self._outbox = outbox
        self._clock = clock

    async def schedule(self, window: Window, actor: Identity, request_id: str) -> None:
        """Raises InvalidRequest, or Conflict where it overlaps another."""
        now = self._clock()
        check_times(window.starts_at, window.ends_at, now)
        words = {"title": window.title, "message": window.message}
        values = {"id": window.id, **words, "by": actor.user_id, "at": now}
        times = {"starts": window.starts_at, "ends": window.ends_at}
        async with self._outbox.writing() as writing:
            await writing.connection.execute(_queries.one_by_one)
            await self._require_free(writing.connection, times)
            await writing.connection.execute(_queries.schedule, {**values, **times})
            entity = ("maintenance", window.id)
            details = window.payload()
            await record(writing.connection, actor, "maintenance.schedule", entity, details, request_id)
            writing.tell(window.event("scheduled", actor.user_id))

    async def _require_free(self, connection: Connection, times: dict[str, datetime]) -> None:
        taken = await (await connection.execute(_queries.overlapping, times)).fetchone()
        if taken is not None:
            raise Conflict("There is another maintenance at that time.", details={"overlaps": taken[0]})

    async def call_off(self, id: str, actor: Identity, request_id: str) -> None:
        """One ahead vanishes, one that has begun ends now. Raises NotFound, or Conflict for one that is over."""
        async with self._outbox.writing() as writing:
            connection = writing.connection
            window = await self._end(connection, await self._standing(connection, id))
            entity, details = ("maintenance", id), window.payload()
            await record(connection, actor, "maintenance.call_off", entity, details, request_id)
            writing.tell(window.event("ended", actor.user_id))

    async def _standing(self, connection: Connection, id: str) -> Window:
        row = await (await connection.execute(_queries.find, {"id": id})).fetchone()
        if row is None:
            raise NotFound("There is no such maintenance.")
        window = Window(*row)
        if window.ended_at is not None:
            raise Conflict("This maintenance is over already.")
        return window

    async def _end(self, connection: Connection, window: Window) -> Window:
        now = self._clock()
        if now < window.starts_at:
            await connection.execute(_queries.remove, {"id": window.id})
            return window
        await connection.execute(_queries.end_now, {"id": window.id, "at": now})
        return replace(window, ends_at=min(window.ends_at, now), ended_at=now)

    async def recent(self) -> list[Window]:
        """What is ahead and what was, the latest first."""
        return [Window(*row) for row in await self._postgres.all(_queries.recent, limit=WINDOWS_LIMIT)]


class Timekeeper:
    """What the active worker does: each turn once, in the transaction that marks it, whoever is active."""

    def __init__(self, postgres: Postgres, outbox: Outbox, clock: Clock) -> None:
        self._postgres = postgres
        self._outbox = outbox
        self._clock = clock

    async def turn(self) -> None:
        """Tell what began and what is over by now. Of what went by while nobody looked only the end is told."""
        now = self._clock()
        row = await self._postgres.one(_queries.is_due, at=now)
        if not row or not row[0]:
            return
        async with self._outbox.writing() as writing:
            for what, query in (("ended", _queries.end), ("started", _queries.start)):
                rows = await (await writing.connection.execute(query, {"at": now})).fetchall()
                for one in rows:
                    writing.tell(Window(*one).event(what))
