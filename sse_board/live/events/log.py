"""The event log as one process follows it: each event is read once, kept for a while, told to its listeners."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Reversible, Sequence
from functools import partial
from typing import Protocol

import structlog

from sse_board.errors import BoardError
from sse_board.live.counts import Delivery
from sse_board.live.cursor import to_cursor
from sse_board.live.delivery.coding import Coding
from sse_board.live.delivery.fanout import Fanout, Job, barrier
from sse_board.live.delivery.outlet import Outlet
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Event, Truncated, place
from sse_board.live.events.history import History
from sse_board.live.events.record import Record
from sse_board.live.handing import Hands
from sse_board.live.source import LogSource
from sse_board.tasks import until_beat
from sse_board.web.identity import Identity

_log = structlog.get_logger()

#: How long a lost hint stays unnoticed: seconds.
LOOK_SECONDS = 1.0
#: Least time between two looks at a busy log: a hundred events a second then cost each listener forty writes, and
#: come a fortieth of a second late. Seconds.
TICK_SECONDS = 0.025
#: Events read in one round trip.
PAGE_EVENTS = 500
#: Events kept in memory, some KB each: reconnects find theirs here, all at once after a restart of a neighbour.
KEPT_EVENTS = 5_000


class LogListener(Protocol):
    """Whoever is told of events under some names."""

    names: tuple[str, ...]

    coding: Coding

    identity: Identity | None

    log_position: int

    def send_log(self, parcel: Parcel, now: float) -> None:
        """Be told events, in the order of the log; what was told before is not told again."""

    def take_log(self, parcel: Parcel, now: float) -> Outlet | None:
        """The same; where to write them, if anywhere."""

    def fail(self) -> None:
        """It could not be told something."""

    def miss(self, position: int, truncated: Truncated) -> None:
        """Learn that events up to this place are lost; `truncated` says so for some channels."""


class EventLog:
    """`position` is the last place that was read, `told` the last of which all listeners have heard; everything
    above `floor` is in memory."""

    def __init__(
        self,
        history: History,
        sources: Sequence[LogSource],
        fanout: Fanout,
        delivery: Delivery,
        truncated: Truncated,
        hands: Hands | None = None,
    ) -> None:
        self._hands = hands or Hands()
        self._history = history
        self._sources = sources
        self._fanout = fanout
        self._delivery = delivery
        self._truncated = truncated
        self.position = 0
        self.told = 0
        self.floor = 0
        self._kept: deque[tuple[str, Event]] = deque()
        self._by_name: defaultdict[str, deque[Event]] = defaultdict(deque)
        self._listeners: defaultdict[str, dict[LogListener, None]] = defaultdict(dict)
        self._news = asyncio.Event()
        self._news_since: float | None = None
        self._reading = asyncio.Lock()
        #: What is still being told, to whom.
        self._telling: dict[Parcel, Collection[LogListener]] = {}
        self._all_told = asyncio.Event()

    @property
    def names(self) -> Iterable[str]:
        """Those in the log that somebody listens to."""
        return self._listeners.keys()

    @property
    def cursor(self) -> str:
        """For whoever wants to be told what is not read yet."""
        return to_cursor(self.position)

    # -- following --

    async def start(self) -> None:
        """Begin near the end, with what may be asked for again. Raises Unavailable."""
        end, forgotten = await self._history.ends()
        self.position = self.told = self.floor = max(0, end - KEPT_EVENTS, forgotten)
        await self.read_on()

    def wake(self) -> None:
        """The log has grown, or may have."""
        self._news_since = self._news_since or time.monotonic()
        self._news.set()

    async def run(self) -> None:
        """Follow the log until cancelled: a quiet one at once, a busy one tick by tick, each told in one write."""
        while True:
            try:
                async with asyncio.timeout(until_beat(LOOK_SECONDS)):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            began = time.monotonic()
            try:
                await self.read_on()
            except BoardError as error:
                _log.warning("event log cannot be read", reason=error.message)
                await asyncio.sleep(LOOK_SECONDS)
            await self._all_told.wait()
            await asyncio.sleep(began + TICK_SECONDS - time.monotonic())

    async def read_on(self) -> None:
        """Begin to tell everything up to the present end. Raises Unavailable."""
        async with self._reading:
            since, before, self._news_since = self._news_since, self.position, None
            try:
                await self._read_pages()
            except BoardError:
                self._news_since = since or self._news_since
                raise
            finally:
                self._follow_up(since if self.position > before else None)

    def _follow_up(self, since: float | None) -> None:
        """`since`: when the news came that everybody will have been told of."""
        self._all_told.clear()
        self._fanout.tell_log(barrier(partial(self._note_told, self.position, since)))

    def _note_told(self, position: int, since: float | None) -> None:
        self.told = position
        if since is not None:
            self._delivery.told(since)
        if position == self.position:
            self._all_told.set()

    async def _read_pages(self) -> None:
        is_full = True
        while is_full:
            records, end = await self._history.newer(self.position, PAGE_EVENTS)
            for run in _runs(records):
                if run[0].position > self.position + 1:
                    await self._give_up(run[0].position - 1)
                self._take(run)
            is_full = len(records) == PAGE_EVENTS
        if end != self.position:  # further: the last events are gone; not so far: the database was put back
            await self._give_up(max(end, self.position))

    async def _give_up(self, place: int) -> None:
        """Places are contiguous, so a hole up to this one is a loss; whoever may miss something is told so, behind
        what came before.

        Raises Unavailable.
        """
        _log.error("events are missing from the log", after=self.position, until=place)
        await self._history.give_up(place)
        self._kept.clear()
        self._by_name.clear()
        self.position = self.floor = place

        def take(listener: LogListener, now: float) -> None:
            listener.miss(place, self._truncated)

        listeners = {one: None for listeners in self._listeners.values() for one in listeners}
        self._fanout.tell_log(Job(listeners, Parcel(()), take))

    def event_of(self, record: Record) -> Event | None:
        """None for a channel that this program does not know: a newer one wrote it."""
        source = next((source for source in self._sources if source.keeps(record.name)), None)
        return source.event(record) if source else None

    def _take(self, records: Sequence[Record]) -> None:
        """Keep them, and begin to tell them, all that one listener hears in one parcel."""
        heard: defaultdict[str, list[Event]] = defaultdict(list)
        for record in records:
            self.position = record.position
            event = self.event_of(record)
            if event is not None:
                self._keep(record.name, event)
                heard[record.name].append(event)
        for parcel, listeners in parcels({name: (heard[name], self._listeners.get(name, ())) for name in heard}):
            self._tell(parcel, listeners)

    def _tell(self, parcel: Parcel, listeners: Collection[LogListener]) -> None:
        def take(listener: LogListener, now: float) -> Outlet | None:
            return listener.take_log(parcel, now)

        def done() -> None:
            del self._telling[parcel]
            self._hands.over_to_all(parcel.events, listeners)

        self._telling[parcel] = listeners
        self._fanout.tell_log(Job(listeners, parcel, take, on_done=done))

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
        listener.names = tuple(dict.fromkeys((*listener.names, *names)))
        for name in names:
            self._listeners[name][listener] = None

    def leave(self, listener: LogListener, names: Collection[str] | None = None) -> None:
        """Stop telling it of these names, or of all; what is on its way to it comes before that."""
        gone = listener.names if names is None else tuple(names)
        if names:
            self._hurry(listener)
        listener.names = tuple(name for name in listener.names if name not in gone)
        for name in gone:
            self._listeners[name].pop(listener, None)
            if not self._listeners[name]:
                del self._listeners[name]

    def _hurry(self, listener: LogListener) -> None:
        for parcel, listeners in self._telling.items():
            if listener in listeners:
                listener.send_log(parcel, time.monotonic())


def _runs(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """The records, divided where places are missing between them."""
    begin = 0
    for index in range(1, len(records) + 1):
        if index == len(records) or records[index].position > records[index - 1].position + 1:
            yield records[begin:index]
            begin = index


def parcels(
    heard: Mapping[str, tuple[Sequence[Event], Collection[LogListener]]],
) -> list[tuple[Parcel, Collection[LogListener]]]:
    """The events of some names, put together for those who listen to several of them."""
    if len(heard) == 1:
        ((events, listeners),) = heard.values()
        return [(Parcel(events), tuple(listeners))] if listeners else []
    names: defaultdict[LogListener, list[str]] = defaultdict(list)
    for name, (_, listeners) in heard.items():
        for listener in listeners:
            names[listener].append(name)
    groups: defaultdict[tuple[str, ...], list[LogListener]] = defaultdict(list)
    for listener, own in names.items():
        groups[tuple(own)].append(listener)
    return [(Parcel(_merged([heard[name][0] for name in own])), group) for own, group in groups.items()]


def _merged(lists: Sequence[Sequence[Event]]) -> Sequence[Event]:
    return lists[0] if len(lists) == 1 else sorted((event for one in lists for event in one), key=place)


def _newest(events: Reversible[Event], after: int) -> Iterable[Event]:
    for event in reversed(events):
        if place(event) <= after:
            return
        yield event
