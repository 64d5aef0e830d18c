"""Every change of a tournament: one transaction under the lock of its row, and a hint after the commit."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from redis import RedisError
from redis.asyncio import Redis

from sse_board.admin.audit import record
from sse_board.clock import Clock
from sse_board.errors import NotFound
from sse_board.live.events.outbox import Outbox, Writing
from sse_board.live.events.record import NewEvent
from sse_board.notifications.notify import Notice, notify
from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries
from sse_board.stores.redis import channel_name
from sse_board.tournaments.hint import CHANNEL, write_hint
from sse_board.tournaments.pictures import read_picture
from sse_board.tournaments.tournament import Picture
from sse_board.version import Version
from sse_board.web.identity import Identity

_log = structlog.get_logger()
_queries = Queries("tournaments")


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, and by which request."""

    actor: Identity
    request_id: str


class Change:
    """An open transaction that holds the tournament's lock: what is read in it stays true until its commit."""

    def __init__(self, writing: Writing, id: str, version: Version, author: Author, at: datetime) -> None:
        self.id = id
        self.at = at
        self.actor = author.actor
        self.version = version
        self._writing = writing
        self._request_id = author.request_id

    @property
    def connection(self) -> Connection:
        return self._writing.connection

    async def picture(self) -> Picture:
        return await read_picture(self.connection, self.id)

    async def run(self, query: bytes, **values: Any) -> None:
        await self.connection.execute(query, {"id": self.id, "at": self.at, **values})

    async def row(self, query: bytes, **values: Any) -> tuple[Any, ...] | None:
        return await (await self.connection.execute(query, {"id": self.id, "at": self.at, **values})).fetchone()

    async def audit(self, action: str, details: dict[str, Any], entity: tuple[str, str] | None = None) -> None:
        entity = entity or ("tournament", self.id)
        await record(self.connection, self.actor, action, entity, details, self._request_id)

    def tell(self, events: list[NewEvent]) -> None:
        for event in events:
            self._writing.tell(event)

    async def notify(self, notices: list[Notice]) -> None:
        await notify(self._writing, notices)

    async def advance(self, *, rules: bool = False) -> None:
        """Give what it is from now on its version: a new epoch where the `rules` of its standings changed."""
        self.version = Version(self.version.epoch + rules, self.version.seq + 1)
        await self.run(_queries.advance, epoch=self.version.epoch, seq=self.version.seq)


class Changing:
    def __init__(self, outbox: Outbox, redis: Redis, clock: Clock, new_id: Callable[[], str]) -> None:
        self._outbox = outbox
        self._redis = redis
        self.clock = clock
        self.new_id = new_id

    @asynccontextmanager
    async def change(self, id: str, actor: Identity, request_id: str) -> AsyncIterator[Change]:
        """Raises NotFound. Others hear of it if it got a new version."""
        async with self._outbox.writing() as writing:
            row = await (await writing.connection.execute(_queries.lock, {"id": id})).fetchone()
            if row is None:
                raise NotFound("There is no such tournament.")
            before = Version(*row)
            change = Change(writing, id, before, Author(actor, request_id), self.clock())
            yield change
        if change.version != before:
            await self._hint(id, change.version)

    @asynccontextmanager
    async def beginning(self, id: str, actor: Identity, request_id: str) -> AsyncIterator[Change]:
        """The transaction that makes a tournament, which nobody else knows yet."""
        async with self._outbox.writing() as writing:
            change = Change(writing, id, Version(1, 1), Author(actor, request_id), self.clock())
            yield change
        await self._hint(id, change.version)

    async def _hint(self, id: str, version: Version) -> None:
        """Never raises: a hint that is lost costs the second until the next look."""
        try:
            await self._redis.publish(channel_name(self._redis, CHANNEL), write_hint(id, version))
        except RedisError as error:
            _log.warning("hint not sent", reason=repr(error))
