"""The event log as one process follows it: each event is read once, kept for a while, told to its listeners."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Reversible, Sequence
from typing import Protocol

import structlog

from sse_board.errors import BoardError
from sse_board.live.counts import Delivery
from sse_board.live.event import Event
from sse_board.live.history import History
from sse_board.live.record import Record
from sse_board.live.source import LogSource

_log = structlog.get_logger()

#: How long a lost hint stays unnoticed: seconds.
LOOK_SECONDS = 1.0
#: Events read in one round trip.
PAGE_EVENTS = 500
#: Events kept in memory, some KB each: reconnects find theirs here, all at once after a restart of a neighbour.
KEPT_EVENTS = 5_000

#: Makes the event that tells of a gap in those of these channels that are logs.
Truncated = Callable[[Iterable[str]], Event]


class LogListener(Protocol):
    """Whoever is told of events under some names."""

    names: set[str]

    def send_log(self, event: Event) -> None:
        """Take an event, in the order of the log."""

    def miss(self, position: int, truncated: Truncated) -> None:
        """Learn that events up to this place are lost; `truncated` says so for some channels."""


class EventLog:
    """`position` is the last place that was told here; everything above `floor` is in memory."""

    def __init__(
        self, history: History, sources: Sequence[LogSource], delivery: Delivery, truncated: Truncated
    ) -> None:
        self._history = history
        self._sources = sources
        self._delivery = delivery
        self._truncated = truncated
        self.position = 0
        self.floor = 0
        self._kept: deque[tuple[str, Event]] = deque()
        self._by_name: defaultdict[str, deque[Event]] = defaultdict(deque)
        self._listeners: defaultdict[str, dict[LogListener, None]] = defaultdict(dict)
        self._news = asyncio.Event()
        self._news_since: float | None = None
        self._reading = asyncio.Lock()

    # -- following --

    async def start(self) -> None:
        """Begin near the end, with what may be asked for again. Raises Unavailable."""
        end, forgotten = await self._history.ends()
        self.position = self.floor = max(0, end - KEPT_EVENTS, forgotten)
        await self.read_on()

    def wake(self) -> None:
        """The log has grown, or may have."""
        self._news_since = self._news_since or time.monotonic()
        self._news.set()

    async def run(self) -> None:
        """Follow the log until cancelled."""
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            try:
                await self.read_on()
            except BoardError as error:
                _log.warning("event log cannot be read", reason=error.message)
                await asyncio.sleep(LOOK_SECONDS)

    async def read_on(self) -> None:
        """Tell everything up to the present end. Raises Unavailable."""
        async with self._reading:
            since, before, self._news_since = self._news_since, self.position, None
            try:
                await self._read_pages()
            except BoardError:
                self._news_since = since or self._news_since
                raise
            if since is not None and self.position > before:
                self._delivery.told(since)

    async def _read_pages(self) -> None:
        full = True
        while full:
            records, end = await self._history.newer(self.position, PAGE_EVENTS)
            for record in records:
                if record.position > self.position + 1:
                    await self._give_up(record.position - 1)
                self._tell(record)
            full = len(records) == PAGE_EVENTS
        if end != self.position:  # further: the last events are gone; not so far: the database was put back
            await self._give_up(max(end, self.position))

    async def _give_up(self, place: int) -> None:
        """Places are contiguous, so a hole up to this one is a loss, and told to whoever may miss something.

        Raises Unavailable.
        """
        _log.error("events are missing from the log", after=self.position, until=place)
        await self._history.give_up(place)
        self._kept.clear()
        self._by_name.clear()
        self.position = self.floor = place
        for listener in {one for listeners in self._listeners.values() for one in listeners}:
            listener.miss(place, self._truncated)

    def event_of(self, record: Record) -> Event | None:
        """None for a channel that this program does not know: a newer one wrote it."""
        source = next((source for source in self._sources if source.keeps(record.name)), None)
        return source.event(record) if source else None

    def _tell(self, record: Record) -> None:
        self.position = record.position
        event = self.event_of(record)
        if event is None:
            return
        self._keep(record.name, event)
        for listener in tuple(self._listeners.get(record.name, ())):
            try:
                listener.send_log(event)
            except Exception:  # one face that cannot be made must not cost the others the event
                _log.exception("event cannot be told", type=record.type)

    def _keep(self, name: str, event: Event) -> None:
        self._kept.append((name, event))
        self._by_name[name].append(event)
        if len(self._kept) > KEPT_EVENTS:
            oldest, gone = self._kept.popleft()
            self._by_name[oldest].popleft()
            if not self._by_name[oldest]:
                del self._by_name[oldest]
            assert gone.position is not None
            self.floor = gone.position

    # -- listeners --

    def since(self, names: Iterable[str], after: int) -> list[Event]:
        """What memory has under these names after a place that is not below `floor`, oldest first."""
        found = [event for name in names for event in _newest(self._by_name.get(name, ()), after)]
        return sorted(found, key=place)

    def join(self, listener: LogListener, names: Collection[str]) -> None:
        """From now on; what it missed before is its own business."""
        listener.names.update(names)
        for name in names:
            self._listeners[name][listener] = None

    def leave(self, listener: LogListener, names: Collection[str] | None = None) -> None:
        """Stop telling it of these names, or of all."""
        for name in tuple(listener.names if names is None else names):
            listener.names.discard(name)
            self._listeners[name].pop(listener, None)
            if not self._listeners[name]:
                del self._listeners[name]


def place(event: Event) -> int:
    """Where an event of the log stands in it."""
    assert event.position is not None
    return event.position


def _newest(events: Reversible[Event], after: int) -> Iterable[Event]:
    for event in reversed(events):
        if place(event) <= after:
            return
        yield event
