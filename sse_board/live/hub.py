"""All streams of this process: who is connected, and one ticker for everything that time brings."""

import asyncio
import math
import random
import secrets
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sse_board.clock import Clock, iso
from sse_board.live.connection import Connection
from sse_board.live.counts import Counts, Reason
from sse_board.live.cursor import to_cursor
from sse_board.live.event import Event, Face
from sse_board.live.pace import Pace
from sse_board.web.identity import Identity

#: How often the ticker looks at every stream: seconds. Revoked logins are gone within a second and this.
TICK_SECONDS = 0.5
#: Notice given before a token ends a stream: seconds.
EXPIRY_NOTICE_SECONDS = 60
#: At a shutdown those of so long end together: timers are no finer than some milliseconds. Seconds.
DRAIN_STEP_SECONDS = 0.02
#: Streams end after a random share of STREAM_MAX_AGE, so that those opened together do not end together.
AGE_SHARE = (0.8, 1.0)
#: Reconnects are spread over this range: milliseconds.
RETRY_MILLISECONDS = (1_000, 3_000)


class Hub:
    """Opens and closes connections; ends those whose time has come."""

    def __init__(
        self,
        *,
        clock: Clock,
        is_live: Callable[[Identity], bool],
        position: Callable[[], int],
        pace: Pace,
        counts: Counts,
        max_age: int,
        heartbeat_seconds: int,
        limit: int,
        limit_per_address: int,
    ) -> None:
        self._clock = clock
        self._is_live = is_live
        self._position = position
        self._pace = pace
        self.counts = counts
        self._max_age = max_age
        self._heartbeat = heartbeat_seconds
        self._limit = limit
        self._limit_per_address = limit_per_address
        self._connections: dict[str, Connection] = {}
        self._addresses: Counter[str] = Counter()
        self.draining = False
        #: What the ids of all connections here begin with, so that every process knows whom to ask about one.
        self.process = secrets.token_hex(4)

    def __len__(self) -> int:
        return len(self._connections)

    def is_full(self, address: str) -> bool:
        return (
            self.draining
            or len(self._connections) >= self._limit
            or self._addresses[address] >= self._limit_per_address
        )

    def connection(self, face: Face, limit: int, identity: Identity | None, address: str) -> Connection:
        """A new one, not yet open. Its id is a UUID, its secret known to its client alone."""
        now = time.monotonic()
        return Connection(
            self.process + str(uuid.uuid4())[len(self.process) :],
            secrets.token_urlsafe(16),
            face,
            limit,
            identity,
            address=address,
            way=self.counts.way(face),
            cut_off=self._rotation,
            now=now,
            rotates_at=now + self._max_age * random.uniform(*AGE_SHARE),  # noqa: S311  (spreads load)
        )

    def find(self, id: str) -> Connection | None:
        return self._connections.get(id)

    def open(self, connection: Connection, *, resumed: bool = False) -> None:
        """`resumed`: it came back with a cursor."""
        connection.way.open(resumed=resumed)
        self._connections[connection.id] = connection
        self._addresses[connection.address] += 1

    def close(self, connection: Connection) -> None:
        if self._connections.pop(connection.id, None) is None:
            return
        connection.way.live -= 1
        connection.way.ended[connection.why_closed(time.monotonic())] += 1
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
            self.counts.lateness.add(max(0.0, now - due))
            self.tick(now, self._clock().timestamp())

    def tick(self, now: float, wall: float) -> None:
        """Heartbeats, ended logins, expiring tokens, old streams. `now` is monotonic, `wall` since the epoch."""
        heartbeat = self.heartbeat(self._position())
        for connection in tuple(self._connections.values()):
            if not self._end_if_due(connection, now, wall) and self._is_due(connection, now):
                connection.last_sent = now
                level = connection.is_level
                connection.send(heartbeat if level else self.heartbeat(connection.log_position))

    def _is_due(self, connection: Connection, now: float) -> bool:
        """After a silence; on a stream with a log also when it has not heard for so long how far that is."""
        since = connection.cursor_at if connection.names else connection.last_sent
        return now - since >= self._heartbeat

    def heartbeat(self, position: int) -> Event:
        """It tells how far the log was sent: to most the same, to those who are catching up their own place."""
        return self.event("heartbeat", {"cursor": to_cursor(position)}, position=position)

    def _end_if_due(self, connection: Connection, now: float, wall: float) -> bool:
        """A stream with public channels only outlives its token, but not its login."""
        identity = connection.identity
        if identity is not None and self._has_lapsed(identity, connection.private, wall):
            connection.discard()
            reason: Reason = "expired" if self._is_live(identity) else "revoked"
            connection.end(self.event("auth.expired", retry=retry_after()), reason)
        elif now >= connection.rotates_at:
            self._rotate(connection)
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
        started, ended = time.monotonic(), 0
        while ended < len(connections):
            share = min(1.0, (time.monotonic() - started) / seconds) if seconds > 0 else 1.0
            due = max(ended + 1, math.ceil(share * len(connections)))
            for connection in connections[ended:due]:
                self._rotate(connection)
            ended = due
            await asyncio.sleep(min(DRAIN_STEP_SECONDS, seconds / len(connections)) if seconds > 0 else 0)

    def _rotate(self, connection: Connection) -> None:
        """Its client comes back with a cursor, so it must have one."""
        if connection.names and not connection.has_ended:
            level = connection.is_level
            connection.send(self.heartbeat(self._position() if level else connection.log_position))
        connection.end(self._rotation(), "drained" if self.draining else "rotated")

    def _rotation(self) -> Event:
        return self.event("stream.rotate", retry=retry_after())


def retry_after(times: int = 1) -> int:
    """Milliseconds for a `retry:` field, different for each client; `times` as long where it should stay away."""
    low, high = RETRY_MILLISECONDS
    return random.randint(times * low, times * high)  # noqa: S311  (spreads reconnects, guards nothing)
