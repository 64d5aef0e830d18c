"""All streams of this process: who is connected, and one ticker for everything that time brings."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sse_board.clock import Clock, iso
from sse_board.live.connection import Connection
from sse_board.live.cursor import to_cursor
from sse_board.live.event import Event
from sse_board.live.feed import Feed
from sse_board.live.pace import Pace
from sse_board.web.identity import Identity

#: How often the ticker looks at every stream: seconds. Revoked logins are gone within a second and this.
TICK_SECONDS = 0.5
#: Notice given before a token ends a stream: seconds.
EXPIRY_NOTICE_SECONDS = 60
#: Reconnects are spread over this range: milliseconds.
RETRY_MILLISECONDS = (1_000, 3_000)


class Hub:
    """Opens and closes connections; ends those whose time has come."""

    def __init__(
        self,
        feed: Feed,
        *,
        clock: Clock,
        is_live: Callable[[Identity], bool],
        position: Callable[[], int],
        pace: Pace,
        heartbeat_seconds: int,
        limit: int,
        limit_per_address: int,
    ) -> None:
        self.feed = feed
        self._clock = clock
        self._is_live = is_live
        self._position = position
        self._pace = pace
        self._heartbeat = heartbeat_seconds
        self._limit = limit
        self._limit_per_address = limit_per_address
        self._connections: dict[str, Connection] = {}
        self._addresses: Counter[str] = Counter()
        self.draining = False

    def __len__(self) -> int:
        return len(self._connections)

    def is_full(self, address: str) -> bool:
        return (
            self.draining
            or len(self._connections) >= self._limit
            or self._addresses[address] >= self._limit_per_address
        )

    def open(self, connection: Connection) -> None:
        self._connections[connection.id] = connection
        self._addresses[connection.address] += 1

    def close(self, connection: Connection) -> None:
        if self._connections.pop(connection.id, None) is None:
            return
        self.feed.leave(connection)
        self._addresses[connection.address] -= 1
        if not self._addresses[connection.address]:
            del self._addresses[connection.address]

    def event(self, type: str, data: dict[str, Any] | None = None, **options: Any) -> Event:
        """An event that belongs to the stream and to no channel."""
        return Event(type, {**(data or {}), "timestamp": iso(self._clock())}, **options)

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            due = time.monotonic() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            self._pace.note(now - due)
            self.tick(now, self._clock().timestamp())

    def tick(self, now: float, wall: float) -> None:
        """Heartbeats, ended logins, expiring tokens, old streams. `now` is monotonic, `wall` since the epoch."""
        cursor = to_cursor(self._position())
        heartbeat = self.event("heartbeat", {"cursor": cursor}, cursor=cursor)
        for connection in tuple(self._connections.values()):
            if not self._end_if_due(connection, now, wall) and now - connection.last_sent >= self._heartbeat:
                connection.last_sent = now
                connection.send(heartbeat)

    def _end_if_due(self, connection: Connection, now: float, wall: float) -> bool:
        """A stream with public channels only outlives its token, but not its login."""
        identity = connection.identity
        if identity is not None and self._has_lapsed(identity, connection.private, wall):
            connection.discard()
            connection.end(self.event("auth.expired", retry=retry_after()))
        elif now >= connection.rotates_at:
            connection.end(self.event("stream.rotate", retry=retry_after()))
        else:
            self._warn(connection, wall)
            return False
        return True

    def _has_lapsed(self, identity: Identity, private: bool, wall: float) -> bool:
        return not self._is_live(identity) or (private and wall >= identity.expires_at)

    def _warn(self, connection: Connection, wall: float) -> None:
        identity = connection.identity
        if identity is None or not connection.private or connection.warned:
            return
        if wall >= identity.expires_at - EXPIRY_NOTICE_SECONDS:
            connection.warned = True
            expires_at = iso(datetime.fromtimestamp(identity.expires_at, UTC))
            connection.send(self.event("auth.expiring", {"at": expires_at}))

    async def drain(self, seconds: float) -> None:
        """End every stream, spread over `seconds` so that their clients do not come back all at once."""
        self.draining = True
        connections = list(self._connections.values())
        for number, connection in enumerate(connections):
            if number:
                await asyncio.sleep(seconds / len(connections))
            connection.end(self.event("stream.rotate", retry=retry_after()))


def retry_after(times: int = 1) -> int:
    """Milliseconds for a `retry:` field, different for each client; `times` as long where it should stay away."""
    low, high = RETRY_MILLISECONDS
    return random.randint(times * low, times * high)  # noqa: S311  (spreads reconnects, guards nothing)
