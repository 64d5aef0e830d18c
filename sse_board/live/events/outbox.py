"""Writing to the event log: in the transaction of what an event tells of, and told after its commit."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog
from redis import RedisError
from redis.asyncio import Redis

from sse_board.live.events.record import NewEvent
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.answers import encode

_log = structlog.get_logger()
_queries = Queries("events")


class Writing:
    """An open transaction and what will be told of it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.events: list[NewEvent] = []

    def tell(self, event: NewEvent) -> None:
        self.events.append(event)


class Outbox:
    """`hint` is the Redis channel on which processes hear that the log has grown, `wake` tells our own."""

    def __init__(self, postgres: Postgres, redis: Redis, hint: str, wake: Callable[[], None]) -> None:
        self._postgres = postgres
        self._redis = redis
        self._hint = hint
        self._wake = wake

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """A transaction. Its events get their places last, so that the order of the log is locked only shortly."""
        async with self._postgres.transaction() as connection:
            writing = Writing(connection)
            yield writing
            await append(connection, writing.events)
        if writing.events:
            await self.announce()

    async def announce(self) -> None:
        """Never raises: a hint that is lost costs the second until the next look."""
        self._wake()
        try:
            await self._redis.publish(self._hint, "")
        except RedisError as error:
            _log.warning("hint not sent", reason=repr(error))


async def append(connection: Connection, events: Sequence[NewEvent]) -> None:
    """Write the events into the log, within a transaction; call `Outbox.announce` after its commit."""
    if not events:
        return
    await connection.execute(
        _queries.append,
        {
            "count": len(events),
            "names": [event.name for event in events],
            "types": [event.type for event in events],
            "data": [encode(event.data).decode() for event in events],
            "entity_types": [event.entity and event.entity[0] for event in events],
            "entity_ids": [event.entity and event.entity[1] for event in events],
            "creators": [event.created_by for event in events],
        },
    )
