"""Bringing a listener up to the present place of the log: what it missed first, then what is new."""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from sse_board.errors import BoardError
from sse_board.live.connection import Connection
from sse_board.live.cursor import from_cursor
from sse_board.live.event import Event
from sse_board.live.history import History, Page
from sse_board.live.log import PAGE_EVENTS, EventLog
from sse_board.tasks import stop

_log = structlog.get_logger()

#: Missed events wait so long for the snapshots that come before them: seconds.
SNAPSHOT_SECONDS = 1.0
#: Pages read at once: a crowd that comes back must leave room for everybody else's transactions.
READS_AT_ONCE = 2
#: Pause before a log that cannot be read is tried again: seconds.
RETRY_SECONDS = 1.0


@dataclass(slots=True)
class Replay:
    """One listener's way to the present: the names that it will hear, whether it was told of a gap, and the
    task that reads for it."""

    names: set[str]
    channels: list[str]
    told: bool = False
    task: asyncio.Task[None] | None = None


class Replays:
    """`truncated` makes the event that tells of a gap in these channels, `reached` that of a place reached."""

    def __init__(
        self,
        log: EventLog,
        history: History,
        truncated: Callable[[Sequence[str]], Event],
        reached: Callable[[int], Event],
    ) -> None:
        self._log = log
        self._history = history
        self._truncated = truncated
        self._reached = reached
        self._reading = asyncio.Semaphore(READS_AT_ONCE)
        self._running: dict[Connection, Replay] = {}

    def begin(
        self, connection: Connection, names: set[str], channels: list[str], cursor: str | None = None
    ) -> None:
        """Tell what came under these names after the cursor, or what comes from now on.

        Whoever comes without one, or with a recent one, needs no task; it must have been given its snapshots.
        """
        known = self._log.position if cursor is None else from_cursor(cursor)
        connection.log_position = self._log.position if known is None else known
        if known is None:
            connection.send(self._truncated(channels))
        if cursor is not None and not names:
            connection.resume = known
        self._start(connection, Replay(names, channels))

    def _start(self, connection: Connection, replay: Replay) -> None:
        if connection.is_awaiting or not self._join_if_near(connection, replay):
            connection.is_level = False
            self._running[connection] = replay
            replay.task = asyncio.create_task(self._bring_level(connection, replay))

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
            self._start(connection, Replay(names, channels))
        else:
            self._log.join(connection, names)

    def remove(self, connection: Connection, names: set[str]) -> None:
        if replay := self._running.get(connection):
            replay.names -= names
        self._log.leave(connection, names)

    def end(self, connection: Connection) -> None:
        self._log.leave(connection)
        replay = self._running.pop(connection, None)
        if replay is not None and replay.task is not None:
            replay.task.cancel()

    async def stop(self) -> None:
        await stop([replay.task for replay in self._running.values() if replay.task])

    async def _bring_level(self, connection: Connection, replay: Replay) -> None:
        """Whatever goes wrong ends the connection, whose client comes back: it must not stay behind unnoticed."""
        try:
            await self._go_through(connection, replay)
        except Exception:
            _log.exception("missed events cannot be told")
            connection.end(connection.cut_off(), "failed")
        finally:
            self._running.pop(connection, None)

    async def _go_through(self, connection: Connection, replay: Replay) -> None:
        await self._await_snapshots(connection)
        while not connection.has_ended and not self._join_if_near(connection, replay):
            while not connection.has_room and not connection.has_ended:
                await connection.progress()
            if not self._is_near(connection):
                await self._read_page(connection, replay)

    async def _read_page(self, connection: Connection, replay: Replay) -> None:
        """The next events from the database; thrown away if other names were asked for meanwhile."""
        names = frozenset(replay.names)
        try:
            async with self._reading:
                page = await self._history.replay(tuple(names), connection.log_position, PAGE_EVENTS)
            if names == replay.names:
                self._send_page(connection, replay, page)
            if page.end > self._log.position:
                await self._log.read_on()
        except BoardError as error:
            _log.warning("missed events cannot be read", reason=error.message)
            await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  (spreads load)

    def _send_page(self, connection: Connection, replay: Replay, page: Page) -> None:
        """A place beyond the end is none of this log; one below what is forgotten has lost events."""
        start = connection.log_position
        if not replay.told and (start < page.forgotten or start > page.end):
            replay.told = True
            connection.send(self._truncated(replay.channels))
        events = [event for record in page.records if (event := self._log.event_of(record))]
        if _send(connection, events) and len(page.records) < PAGE_EVENTS:
            connection.log_position = page.end

    async def _await_snapshots(self, connection: Connection) -> None:
        try:
            async with asyncio.timeout(SNAPSHOT_SECONDS):
                while connection.is_awaiting:
                    await connection.progress()
        except TimeoutError:
            return  # a store is down; what happened is not held back for it

    def _is_near(self, connection: Connection) -> bool:
        """Whether memory reaches back to where the connection stands."""
        return self._log.floor <= connection.log_position <= self._log.position

    def _join_if_near(self, connection: Connection, replay: Replay) -> bool:
        """Send the rest from memory and join, in one step, so that nothing comes between."""
        if not self._is_near(connection):
            return False
        log = self._log
        missed = log.since(replay.names, connection.log_position)
        if not _send(connection, missed):
            return False
        log.join(connection, replay.names)
        connection.is_level = True
        if replay.names:  # whoever is cut off now shall know from where to resume
            connection.send(self._reached(log.position))
        return True


def _send(connection: Connection, events: Iterable[Event]) -> bool:
    """Whether there was room for all of them; the reader is not cut off for what it missed before."""
    for event in events:
        if not connection.has_room:
            return False
        connection.send_log(event)
    return True
