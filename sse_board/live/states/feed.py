"""Reads what changed, once for everybody, at most every tick."""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog

from sse_board.errors import BoardError
from sse_board.live.counts import Delivery
from sse_board.live.delivery.fanout import Fanout, barrier
from sse_board.live.event import Event
from sse_board.live.source import GroupSource, StateSource
from sse_board.live.states.group import Group
from sse_board.live.states.topic import Subscriber, Topic
from sse_board.live.states.watched import Watched

_log = structlog.get_logger()

#: Pause before a channel whose stores did not answer is read again: seconds.
RETRY_SECONDS = 1.0
#: States of one family read at once: a burst cannot take every store connection, nor hold up another family.
READS_AT_ONCE = 8
#: Channels read together that are told of before the event loop is given back: some ms of work.
TOLD_AT_ONCE = 50


class Feed:
    """Channels become due by hints and newcomers; one task reads those that are.

    A quiet channel is read at once, a busy one once a tick, and never before everybody was told what was read
    before: where that takes longer than a tick, the ticks get longer. What a `GroupSource` has is read together.
    """

    def __init__(
        self, sources: Sequence[StateSource], fanout: Fanout, tick_seconds: float, delivery: Delivery
    ) -> None:
        self._sources = sources
        self._fanout = fanout
        self._tick = tick_seconds
        self._delivery = delivery
        self._watched: dict[str, Watched] = {}
        #: Those of them that are to be read.
        self._due: dict[Watched, None] = {}
        self._wake = asyncio.Event()
        self._reads = {source: asyncio.Semaphore(READS_AT_ONCE) for source in sources}
        self._groups = {
            source: Group(source, max(tick_seconds, source.least_seconds))
            for source in sources
            if isinstance(source, GroupSource)
        }

    def source_of(self, channel: str) -> StateSource | None:
        return next((source for source in self._sources if source.owns(channel)), None)

    @property
    def channels(self) -> Iterable[str]:
        """The names somebody listens to."""
        return self._watched.keys()

    def version(self, channel: str) -> str | None:
        """The name of the state that its listeners know; None where there are none, or it was not read yet."""
        topics = self._watched[channel].topics.values() if channel in self._watched else ()
        return next((topic.source.version(topic.state) for topic in topics if topic.state is not None), None)

    def channels_of(self, source: GroupSource) -> list[str]:
        """Those of them that are this source's: nobody needs to look through all."""
        return [watched.channel for watched in self._groups[source].members]

    def join(self, connection: Subscriber, channel: str) -> None:
        """Subscribe first; the state follows. The channel must be one that a source owns."""
        watched = self._watched.get(channel) or self._watch(channel)
        limit = connection.limit if watched.source.windowed else 0
        topic = watched.topics.get(limit)
        if topic is None:
            topic = watched.topics[limit] = Topic(channel, limit, watched.source, self._fanout)
        topic.join(connection)
        if topic.state is None:
            self._make_due(watched)

    def leave(self, connection: Subscriber, channels: Collection[str] | None = None) -> None:
        """Stop telling it of these channels, or of all."""
        for topic in tuple(connection.topics):
            if channels is None or topic.channel in channels:
                topic.leave(connection)
                if topic.is_idle:
                    self._forget(topic)

    def changed(self, channel: str) -> None:
        """A hint: read the channel again, at once if it was quiet, else when its tick is over."""
        watched = self._watched.get(channel)
        if watched is not None:
            watched.news_since = watched.news_since or time.monotonic()
            self._make_due(watched)

    def stir(self, source: GroupSource) -> None:
        """A hint: some of this source's channels may have changed, and the source will tell which."""
        self._groups[source].stir(time.monotonic())
        self._wake.set()

    def resync(self) -> None:
        """Hints may have been missed: all is read again."""
        for watched in tuple(self._watched.values()):
            if watched.group is None:
                self.changed(watched.channel)
        for source in self._groups:
            self.stir(source)

    def _make_due(self, watched: Watched) -> None:
        if watched.due is None:
            pause = max(self._tick, watched.source.least_seconds)
            self._set_due(watched, max(time.monotonic(), watched.read_at + pause))

    def _set_due(self, watched: Watched, at: float) -> None:
        watched.due = at
        self._due[watched] = None
        self._wake.set()

    async def peek(self, channel: str, limit: int) -> Sequence[Event]:
        """One snapshot for somebody who will not stay. Raises BoardError."""
        source = self.source_of(channel)
        assert source is not None
        watched = self._watched.get(channel)
        topic = watched.topics.get(limit if source.windowed else 0) if watched else None
        if topic is not None and topic.state is not None:
            return topic.snapshot().events
        state = source.narrow(await source.read(channel, limit), limit)
        return source.snapshot(channel, state, None)

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as reads:
            while True:
                now = time.monotonic()
                ready = [one for one in self._due if not one.is_busy]
                for watched in ready:
                    if watched.due is not None and watched.due <= now:
                        self._begin(watched, reads)
                later = [one.due for one in ready if one.due is not None and one.due > now]
                later += self._begin_groups(now, reads)
                await self._sleep(min(later, default=None), now)

    def _begin(self, watched: Watched, reads: asyncio.TaskGroup) -> None:
        watched.is_busy = True
        watched.due = None
        del self._due[watched]
        if watched.group is None:
            reads.create_task(self._read(watched))
        else:
            watched.group.ask(watched)

    def _begin_groups(self, now: float, reads: asyncio.TaskGroup) -> list[float]:
        """Where something is asked, and nothing is being read; when the next of the others are due."""
        idle = [group for group in self._groups.values() if not group.is_reading]
        for group in idle:
            if group.due is not None and group.due <= now:
                group.begin(now)
            if group.is_asked:
                group.is_reading = True
                reads.create_task(self._read_group(group))
        return [group.due for group in idle if group.due is not None and not group.is_reading]

    async def _sleep(self, until: float | None, now: float) -> None:
        """Until the next channel is due, or something becomes so earlier."""
        try:
            async with asyncio.timeout(None if until is None else max(0.0, until - now)):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    async def _read(self, watched: Watched) -> None:
        """Never raises: whatever goes wrong is tried again."""
        since, watched.news_since = watched.news_since, None
        watched.read_at = time.monotonic()
        try:
            async with self._reads[watched.source]:
                if not watched.topics:  # whoever wanted it left while others were read
                    return
                widest = max(watched.topics)
                state = await watched.source.read(watched.channel, widest)
            self._advance(watched, state, widest, since)
            return
        except BoardError as error:
            _log.warning("state cannot be read", channel=watched.channel, reason=error.message)
        except Exception:
            _log.exception("state cannot be read", channel=watched.channel)
        self._retry(watched, since)

    async def _read_group(self, group: Group) -> None:
        """All that are asked for, those too for whom somebody asks meanwhile. Never raises."""
        spent = 0.0
        while taken := group.take():
            started = time.monotonic()
            states = await self._read_together(group.source, taken, started)
            spent += time.monotonic() - started
            for number, watched in enumerate(taken, 1):
                self._take_read(watched, states)
                if number % TOLD_AT_ONCE == 0:
                    await asyncio.sleep(0)
        group.rest(time.monotonic(), spent)
        self._wake.set()

    async def _read_together(
        self, source: GroupSource, taken: Sequence[Watched], now: float
    ) -> Mapping[str, Any] | None:
        """What is new; None when that cannot be known."""
        for watched in taken:
            watched.read_at = now
        try:
            return await source.read_many({one.channel: one.state for one in taken if one.topics})
        except BoardError as error:
            _log.warning("states cannot be read", channels=len(taken), reason=error.message)
        except Exception:
            _log.exception("states cannot be read", channels=len(taken))
        return None

    def _take_read(self, watched: Watched, states: Mapping[str, Any] | None) -> None:
        since, watched.news_since = watched.news_since, None
        try:
            if states is None:
                self._retry(watched, since)
            elif watched.channel in states:
                self._advance(watched, states[watched.channel], 0, since)
            else:
                watched.is_busy = False
        except Exception:
            _log.exception("state cannot be told", channel=watched.channel)
            self._retry(watched, since)

    def _retry(self, watched: Watched, since: float | None) -> None:
        watched.is_busy = False
        watched.news_since = since or watched.news_since
        self._set_due(watched, time.monotonic() + RETRY_SECONDS)

    def _advance(self, watched: Watched, state: object, widest: int, since: float | None) -> None:
        """Begin to tell what is new; the next read comes behind that."""
        told = False
        for limit, topic in watched.topics.items():
            if limit > widest:  # somebody asked for more rows meanwhile
                self._make_due(watched)
            else:
                told = topic.advance(state) or told
        if any(topic.is_telling for topic in watched.topics.values()):
            done = partial(self._told, watched, since if told else None)
            self._fanout.tell_state(barrier(done))
        else:
            self._told(watched, None)

    def _told(self, watched: Watched, since: float | None) -> None:
        """`since`: when the news came that everybody has been told of now."""
        if since is not None:
            self._delivery.told(since)
        watched.is_busy = False
        self._wake.set()

    def _watch(self, channel: str) -> Watched:
        source = self.source_of(channel)
        assert source is not None
        group = self._groups.get(source) if isinstance(source, GroupSource) else None
        watched = self._watched[channel] = Watched(channel, source, group)
        if group is not None:
            group.members[watched] = None
        return watched

    def _forget(self, topic: Topic) -> None:
        watched = self._watched.get(topic.channel)
        if watched is None or watched.topics.get(topic.limit) is not topic:
            return
        del watched.topics[topic.limit]
        if not watched.topics:
            del self._watched[topic.channel]
            self._due.pop(watched, None)
            if watched.group is not None:
                watched.group.members.pop(watched, None)
