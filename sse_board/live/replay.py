"""Bringing a listener up to the present place of the log: what it missed first, then what is new."""

import asyncio
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
    """`truncated` makes the event that tells of a gap in these channels."""

    def __init__(self, log: EventLog, history: History, truncated: Callable[[Sequence[str]], Event]) -> None:
        self._log = log
        self._history = history
        self._truncated = truncated
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
        replay = Replay(names, channels)
        if connection.is_awaiting or not self._join_if_near(connection, replay):
            connection.is_level = False
            self._running[connection] = replay
            replay.task = asyncio.create_task(self._bring_level(connection, replay))

    def add(self, connection: Connection, names: set[str], channels: list[str]) -> None:
        """More names for a listener that is here already; they come from where it stands."""
        replay = self._running.get(connection)
        if replay is None:
            self._log.join(connection, names)
        else:
            replay.names |= names
            replay.channels += channels

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
        await self._await_snapshots(connection)
        while not connection.has_ended and not self._join_if_near(connection, replay):
            while not connection.has_room and not connection.has_ended:
                await connection.progress()
            if not self._is_near(connection):
                await self._read_page(connection, replay)
        self._running.pop(connection, None)

    async def _read_page(self, connection: Connection, replay: Replay) -> None:
        """The next events from the database; thrown away if other names were asked for meanwhile."""
        names = frozenset(replay.names)
        try:
            page = await self._history.replay(tuple(names), connection.log_position, PAGE_EVENTS)
            if names == replay.names:
                self._send_page(connection, replay, page)
            if page.end > self._log.position:
                await self._log.read_on()
        except BoardError as error:
            _log.warning("missed events cannot be read", reason=error.message)
            await asyncio.sleep(RETRY_SECONDS)

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
        return True


def _send(connection: Connection, events: Iterable[Event]) -> bool:
    """Whether there was room for all of them; the reader is not cut off for what it missed before."""
    for event in events:
        if not connection.has_room:
            return False
        connection.send_log(event)
    return True
