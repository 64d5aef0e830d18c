"""Bringing listeners up to the present place of the log: what they missed first, then what is new."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from sse_board.errors import BoardError
from sse_board.live.cursor import from_cursor
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Event
from sse_board.live.events.history import History
from sse_board.live.events.log import EventLog
from sse_board.live.events.stretch import Stretch, read_stretch
from sse_board.live.handing import Hands

_log = structlog.get_logger()

#: Missed events wait so long for the snapshots that come before them: seconds.
SNAPSHOT_SECONDS = 1.0
#: Least time between two reads of the log's past, however many ask for it: seconds. A crowd that comes back must
#: leave the database to everybody else's transactions.
READ_SECONDS = 1.0
#: Events written to one listener in one go, and before others have a turn.
PARCEL_EVENTS, AT_ONCE = 50, 2_000
#: How long others may wait for a turn: seconds.
TURN_SECONDS = 0.005


@dataclass(slots=True)
class Replay:
    """One listener's way to the present: the names that it will hear, and whether it was told of a gap.

    `began` and `served`: when it came, and when the past was last read for it (monotonic).
    """

    names: set[str]
    channels: list[str]
    began: float
    served: float
    told: bool = False


class Replays:
    """All listeners on their way; they share what is read for them.

    `truncated` makes the event that tells of a gap in these channels, `reached` that of a place reached.
    """

    def __init__(
        self,
        log: EventLog,
        history: History,
        truncated: Callable[[Sequence[str]], Event],
        reached: Callable[[int], Event],
        hands: Hands | None = None,
    ) -> None:
        self._log = log
        self._history = history
        self._truncated = truncated
        self._reached = reached
        self._hands = hands or Hands()
        self._running: dict[Connection, Replay] = {}
        self._news = asyncio.Event()
        self._stretch: Stretch | None = None
        self._read_at = -READ_SECONDS

    # -- who is on the way --

    def begin(
        self, connection: Connection, names: set[str], channels: list[str], cursor: str | None = None
    ) -> None:
        """Tell what came under these names after the cursor, or what comes from now on.

        Whoever comes without one, or with a recent one, is level at once; it must have been given its snapshots.
        """
        known = self._log.position if cursor is None else from_cursor(cursor)
        connection.log_position = self._log.position if known is None else known
        if known is None:
            connection.send(self._truncated(channels))
        if cursor is not None and not names:
            connection.resume = known
        self._start(connection, names, channels)

    def _start(self, connection: Connection, names: set[str], channels: list[str]) -> None:
        now = time.monotonic()
        replay = Replay(names, channels, began=now, served=now)
        if connection.awaiting or not self._join_if_near(connection, replay):
            connection.is_level = False
            connection.replaying = True
            self._running[connection] = replay
            self._news.set()

    def add(self, connection: Connection, names: set[str], channels: list[str]) -> None:
        """More names for a listener that is here already; they come from where it stands.

        The first of one that came back with a cursor and no names begin at that cursor.
        """
        replay = self._running.get(connection)
        if replay is not None:
            replay.names |= names
            replay.channels += channels
        elif names and not connection.names:
            resume, connection.resume = connection.resume, None
            connection.log_position = self._log.position if resume is None else resume
            self._start(connection, names, channels)
        else:
            self._log.join(connection, names)

    def remove(self, connection: Connection, names: set[str]) -> None:
        if replay := self._running.get(connection):
            replay.names -= names
            replay.channels = [channel for channel in replay.channels if channel in connection.channels]
        self._log.leave(connection, names)

    def end(self, connection: Connection) -> None:
        self._log.leave(connection)
        self._forget(connection)

    def progressed(self) -> None:
        """One of them can be told more."""
        self._news.set()

    def _forget(self, connection: Connection) -> None:
        connection.replaying = False
        self._running.pop(connection, None)

    # -- going on --

    async def run(self) -> None:
        """Bring them level until cancelled."""
        while True:
            await self._wait()
            behind = await self._go_on()
            if behind and time.monotonic() >= self._read_at + READ_SECONDS:
                await self._read(behind)
            if not self._running:
                self._stretch = None

    async def _wait(self) -> None:
        """For news; whoever is on the way is looked at now and then anyway, for time brings some of them on."""
        try:
            async with asyncio.timeout(READ_SECONDS / 4 if self._running else None):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()

    async def _go_on(self) -> dict[Connection, Replay]:
        """Tell everybody what is here for them; those for whom nothing is."""
        behind, until = {}, time.monotonic() + TURN_SECONDS
        for connection, replay in tuple(self._running.items()):
            if self._bring_on(connection, replay):
                behind[connection] = replay
            if time.monotonic() > until:
                await asyncio.sleep(0)
                until = time.monotonic() + TURN_SECONDS
        return behind

    def _bring_on(self, connection: Connection, replay: Replay) -> bool:
        """Whether it needs what only the database has. Whatever goes wrong ends the connection, whose client comes
        back: it must not stay behind unnoticed."""
        try:
            return self._advance(connection, replay)
        except Exception:
            _log.exception("missed events cannot be told")
            connection.fail()
            self._forget(connection)
            return False

    def _advance(self, connection: Connection, replay: Replay) -> bool:
        if connection not in self._running or self._waits_for_snapshot(connection, replay):
            return False
        if self._has_stretch(connection, replay):
            self._send_stretch(connection, replay)
        if connection.has_ended or self._join_if_near(connection, replay):
            self._forget(connection)
            return False
        if connection.has_room and self._has_more(connection, replay):
            self._news.set()
        return not self._has_more(connection, replay)

    def _waits_for_snapshot(self, connection: Connection, replay: Replay) -> bool:
        """Not for ever: with a store down, what happened is not held back."""
        return bool(connection.awaiting) and time.monotonic() < replay.began + SNAPSHOT_SECONDS

    def _has_more(self, connection: Connection, replay: Replay) -> bool:
        """Whether what it lacks next is here."""
        return self._is_near(connection.log_position) or self._has_stretch(connection, replay)

    def _has_stretch(self, connection: Connection, replay: Replay) -> bool:
        return self._stretch is not None and self._stretch.serves(
            connection.log_position, replay.names, replay.began
        )

    def _is_near(self, position: int) -> bool:
        """Whether memory reaches back to there."""
        return self._log.floor <= position <= self._log.position

    def _join_if_near(self, connection: Connection, replay: Replay) -> bool:
        """Send the rest from memory and join, in one step, so that nothing comes between."""
        log = self._log
        if not self._is_near(connection.log_position):
            return False
        if not self._send(connection, log.since(replay.names, connection.log_position)):
            return False
        connection.log_position = log.position
        log.join(connection, replay.names)
        connection.is_level = True
        if replay.names:  # whoever is cut off now shall know from where to resume
            connection.send(self._reached(log.position))
        return True

    # -- from the database --

    async def _read(self, behind: dict[Connection, Replay]) -> None:
        """The next stretch, for whoever has waited longest, and for all whom it helps too."""
        self._read_at = time.monotonic()
        waiting = min(behind, key=lambda connection: behind[connection].served)
        behind[waiting].served, after = self._read_at, waiting.log_position
        names = {name for replay in behind.values() for name in replay.names}
        try:
            self._stretch = await read_stretch(self._history, self._log.event_of, names, after)
            if self._stretch.end > self._log.position:
                await self._log.read_on()
            self._news.set()
        except BoardError as error:
            _log.warning("missed events cannot be read", reason=error.message)

    def _send_stretch(self, connection: Connection, replay: Replay) -> None:
        stretch, start = self._stretch, connection.log_position
        assert stretch is not None
        if not replay.told and stretch.lacks(start, replay.names):
            replay.told = True
            connection.send(self._truncated(replay.channels))
        if self._send(connection, stretch.since(replay.names, start)):
            connection.log_position = stretch.next_place(start)

    def _send(self, connection: Connection, events: Sequence[Event]) -> bool:
        """Whether all were sent: as many as there is room for, and not too many at once. Nobody is cut off for
        what they missed before."""
        for start in range(0, min(len(events), AT_ONCE), PARCEL_EVENTS):
            if not connection.has_room:
                return False
            parcel = Parcel(events[start : start + PARCEL_EVENTS])
            connection.send_log(parcel, time.monotonic())
            self._hands.over(parcel.events, connection.identity)
        return len(events) <= AT_ONCE and not connection.has_ended
