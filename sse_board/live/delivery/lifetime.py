"""What time brings to connections: heartbeats, tokens that expire, an end after a while, and a shutdown."""

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from sse_board.clock import Clock, iso
from sse_board.live.counts import Reason
from sse_board.live.cursor import to_cursor
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.fanout import Fanout, Job
from sse_board.live.delivery.hub import TICK_SECONDS, Hub, retry_after
from sse_board.live.delivery.outlet import Outlet
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Event
from sse_board.live.pace import Pace
from sse_board.tasks import until_beat
from sse_board.web.identity import Identity

#: So many connections are looked at before others have a turn.
TURN = 250
#: Notice given before a token ends a stream: seconds.
EXPIRY_NOTICE_SECONDS = 60
#: At a shutdown those of so long end together: timers are no finer than some milliseconds. Seconds.
DRAIN_STEP_SECONDS = 0.02


class Lifetimes:
    """One ticker for all connections. `told`: how far all listeners have heard the log."""

    def __init__(
        self,
        hub: Hub,
        fanout: Fanout,
        *,
        clock: Clock,
        is_live: Callable[[Identity], bool],
        told: Callable[[], int],
        pace: Pace,
        heartbeat_seconds: int,
    ) -> None:
        self._hub = hub
        self._fanout = fanout
        self._clock = clock
        self._is_live = is_live
        self._told = told
        self._pace = pace
        self._heartbeat_seconds = heartbeat_seconds

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            pause = until_beat(TICK_SECONDS)
            due = time.monotonic() + pause
            await asyncio.sleep(pause)
            now = time.monotonic()
            self._pace.note(now - due)
            self._hub.counts.lateness.add(max(0.0, now - due))
            await self._tick(now)

    async def _tick(self, now: float) -> None:
        wall = self._clock().timestamp()
        due = list(self._hub.agenda.due(now))
        for start in range(0, len(due), TURN):
            self.attend(due[start : start + TURN], now, wall)
            await asyncio.sleep(0)
        self._hub.laggards.end_stuck(now)

    def attend(self, connections: Iterable[Connection], now: float, wall: float) -> None:
        """Those whose time has come. `now` is monotonic, `wall` since the epoch."""
        silent, pause, put = [], self._heartbeat_seconds, self._hub.agenda.put
        for connection in connections:
            if connection.has_ended or self._end_if_due(connection, now, wall):
                continue
            heard = _heard_at(connection)
            if now - heard >= pause:
                silent.append(connection)
                heard = now
            put(connection, self._next(connection, heard + pause, now - wall))
        self._beat(silent, now)

    def _next(self, connection: Connection, at: float, offset: float) -> float:
        """When to look at it again: `at` a heartbeat is due. `offset`: of monotonic time from that of tokens."""
        at = min(at, connection.rotates_at)
        identity = connection.identity
        if identity is not None and connection.private:
            notice = 0 if connection.warned else EXPIRY_NOTICE_SECONDS
            return min(at, identity.expires_at - notice + offset)
        return at

    # -- heartbeats --

    def _beat(self, silent: Sequence[Connection], now: float) -> None:
        """The same to all who are level: it comes behind what is being told, but does not speak of that."""
        for connection in silent:
            if not (connection.is_level or connection.full):
                connection.send(self.heartbeat(connection.log_position))
        level = [connection for connection in silent if connection.is_level]
        parcel = Parcel((self.heartbeat(self._told()),))

        def take(connection: Connection, now: float) -> Outlet | None:
            return connection.take_heartbeat(parcel, now)

        if level:
            self._fanout.tell_log(Job(level, parcel, take))

    def heartbeat(self, position: int) -> Event:
        """It tells how far the log was sent: to most the same, to those who are catching up their own place."""
        return self._hub.event("heartbeat", {"cursor": to_cursor(position)}, position=position)

    # -- ends --

    def _end_if_due(self, connection: Connection, now: float, wall: float) -> bool:
        """A stream with public channels only outlives its token, but not its login."""
        identity = connection.identity
        if identity is not None and self._has_lapsed(identity, connection.private, wall):
            self._revoke(connection, "expired" if self._is_live(identity) else "revoked")
        elif now >= connection.rotates_at:
            self._rotate(connection)
        else:
            if identity is not None:
                self._warn(connection, identity, wall)
            return False
        return True

    def _has_lapsed(self, identity: Identity, private: bool, wall: float) -> bool:
        return not self._is_live(identity) or (private and wall >= identity.expires_at)

    def _revoke(self, connection: Connection, reason: Reason) -> None:
        connection.discard()
        connection.end(self._hub.event("auth.expired", retry=retry_after()), reason)

    def user_changed(self, user_id: str) -> None:
        """The user's rights may be others now: streams that rest on the old ones end at once."""
        for connection in tuple(self._hub.of_user(user_id)):
            identity = connection.identity
            if identity is not None and not self._is_live(identity):
                self._revoke(connection, "revoked")

    def _warn(self, connection: Connection, identity: Identity, wall: float) -> None:
        if not connection.private or connection.warned:
            return
        if wall >= identity.expires_at - EXPIRY_NOTICE_SECONDS:
            connection.warned = True
            expires_at = iso(datetime.fromtimestamp(identity.expires_at, UTC))
            connection.send(self._hub.event("auth.expiring", {"at": expires_at}))

    async def drain(self, seconds: float) -> None:
        """End every stream, spread over `seconds` so that their clients do not come back all at once; a few, who
        are no crowd, within less."""
        self._hub.draining = True
        connections = list(self._hub.connections)
        started, ended = time.monotonic(), 0
        while ended < len(connections):
            share = min(1.0, (time.monotonic() - started) / seconds) if seconds > 0 else 1.0
            due = max(ended + 1, math.ceil(share * len(connections)))
            for connection in connections[ended:due]:
                self._rotate(connection)
            ended = due
            await asyncio.sleep(min(DRAIN_STEP_SECONDS, seconds / len(connections)) if seconds > 0 else 0)

    def _rotate(self, connection: Connection) -> None:
        """Its client comes back with a cursor, so it must have one; what is still being told comes after that."""
        if (connection.names or connection.replaying) and not connection.has_ended:
            level = max(self._told(), connection.log_position)
            connection.send(self.heartbeat(level if connection.is_level else connection.log_position))
        connection.end(self._hub.rotation(), "drained" if self._hub.draining else "rotated")


def _heard_at(connection: Connection) -> float:
    """When it last heard something; on a stream with a log, when it last heard how far that is."""
    return connection.cursor_at if connection.names else connection.last_sent
