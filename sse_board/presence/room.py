"""Presence put together; `app.py` asks for one of these before the engine, and starts it with the engine."""

import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from itertools import chain
from typing import Any

from redis.asyncio import Redis
from starlette.routing import BaseRoute

from sse_board.clock import Clock
from sse_board.live.delivery.connection import Connection
from sse_board.live.room import Live
from sse_board.live.source import StateSource
from sse_board.presence.api import PresenceApi
from sse_board.presence.discretion import Discretion, Hidden
from sse_board.presence.keeper import Keeper
from sse_board.presence.marks import Marks
from sse_board.presence.rules import Count, is_noticeable
from sse_board.presence.scopes import NoScopes, Scopes
from sse_board.presence.source import PREFIX, SITE_CHANNEL, PresenceSource
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Authenticator

_queries = Queries("presence")

#: Sockets are told of a count at most so often: seconds.
HEADCOUNT_SECONDS = 5.0


class Presence:
    """Built before the engine, which hears its `sources`; `attach` is called when there is one."""

    def __init__(self, postgres: Postgres, redis: Redis, clock: Clock, scopes: Scopes | None = None) -> None:
        self._postgres = postgres
        self._marks = Marks(redis)
        self._scopes = scopes or NoScopes()
        self.count = Count()
        self._source = PresenceSource(self._marks, self.count, self._scopes, self._names, clock)
        self._told_at = 0.0

    def attach(self, live: Live, hidden: Hidden) -> None:
        self._live = live
        self.discretion = Discretion(live.people, hidden)
        self._keeper = Keeper(self._marks, live.people, self._in_scopes, self.discretion, self._scopes, self.count)
        self._keeper.on_tick = self._ticked
        self._keeper.is_awaited = self._is_awaited

    @property
    def sources(self) -> list[StateSource]:
        """For the engine's channels."""
        return [self._source]

    @property
    def work(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What runs in the background, by name."""
        return {"presence": self._keeper.run}

    async def start(self) -> None:
        """Who comes first is told of those who are elsewhere already."""
        await self._keeper.tick(time.monotonic())

    def routes(self, authenticator: Authenticator) -> list[BaseRoute]:
        return [*PresenceApi(self._marks, authenticator).routes()]

    def _is_awaited(self) -> bool:
        """Sockets are told of the count, and so is who listens to a channel of presence."""
        has_sockets = self._live.counts.ways["websocket"].live > 0
        return has_sockets or any(name.startswith(PREFIX) for name in self._live.feed.channels)

    def _in_scopes(self) -> Collection[Connection]:
        """Who may be in a scope: nobody is looked at while no channel that somebody listens to has one."""
        heard = chain(self._live.feed.channels, self._live.log.names)
        return self._live.hub.connections if any(map(self._scopes.of, heard)) else ()

    def _ticked(self, is_news: bool) -> None:
        feed = self._live.feed
        if is_news:
            feed.changed(SITE_CHANNEL)
        if not isinstance(self._scopes, NoScopes):
            for channel in [name for name in feed.channels if name.startswith(PREFIX) and name != SITE_CHANNEL]:
                feed.changed(channel)
        self._tell_sockets(time.monotonic())

    def _tell_sockets(self, now: float) -> None:
        headcount, count = self._live.headcount, self.count.now
        if now - self._told_at >= HEADCOUNT_SECONDS and is_noticeable(headcount.count, count):
            self._told_at, headcount.count = now, count
            headcount.tell()

    async def _names(self, people: Collection[str]) -> Mapping[str, str]:
        return dict(await self._postgres.all(_queries.names, users=list(people))) if people else {}
