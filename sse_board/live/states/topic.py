"""A channel seen through one window: its present state, its frames, its listeners."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sse_board.live.delivery.coding import Coding
from sse_board.live.delivery.fanout import Fanout, Job
from sse_board.live.delivery.outlet import Outlet
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Event
from sse_board.live.source import StateSource

if TYPE_CHECKING:
    from sse_board.live.delivery.connection import Connection


class Subscriber(Protocol):
    """Whoever is told of states: `awaiting` counts those of its topics whose first state is still to come."""

    coding: Coding
    limit: int
    topics: "tuple[Topic, ...]"
    awaiting: int

    def send_state(self, topic: "Topic", parcel: Parcel, previous: str | None, now: float) -> None:
        """Be told the newest state of a topic."""

    def take_state(self, topic: "Topic", parcel: Parcel, previous: str | None, now: float) -> Outlet | None:
        """The same; where to write it, if anywhere."""

    def take_awaited(self, topic: "Topic", parcel: Parcel, now: float) -> Outlet | None:
        """The first state of a topic, which was waited for; where to write it."""

    def fail(self) -> None:
        """It could not be told something."""


class Topic:
    """The chain of versions that its listeners follow; they all get the same bytes."""

    __slots__ = ("_fanout", "_jobs", "_snapshot", "channel", "limit", "members", "source", "state", "waiting")

    def __init__(self, channel: str, limit: int, source: StateSource, fanout: Fanout) -> None:
        self.channel = channel
        self.limit = limit
        self.source = source
        self.state: Any = None
        self.members: dict[Subscriber, None] = {}
        self.waiting: dict[Subscriber, None] = {}
        self._fanout = fanout
        #: What is still being told.
        self._jobs: list[Job] = []
        self._snapshot: Parcel | None = None

    @property
    def is_telling(self) -> bool:
        return bool(self._jobs)

    @property
    def is_idle(self) -> bool:
        return not self.members and not self.waiting

    def join(self, subscriber: Subscriber) -> None:
        """The newcomer gets the state that the next delta builds on, now or as soon as it is known."""
        subscriber.topics = (*subscriber.topics, self)
        if self.state is None:
            self.waiting[subscriber] = None
            subscriber.awaiting += 1
        else:
            self.members[subscriber] = None
            subscriber.send_state(self, self.snapshot(), None, time.monotonic())

    def leave(self, subscriber: Subscriber) -> None:
        subscriber.topics = tuple(topic for topic in subscriber.topics if topic is not self)
        self.members.pop(subscriber, None)
        if subscriber in self.waiting:
            del self.waiting[subscriber]
            subscriber.awaiting -= 1
        self._drop(subscriber)

    def _drop(self, subscriber: Subscriber) -> None:
        for job in self._jobs:
            job.dropped.add(subscriber)

    def advance(self, wide: Any) -> bool:
        """Take a newer state, and begin to tell everybody what changed in the window; whether anything did."""
        state = self.source.narrow(wide, self.limit)
        told = self.state is not None and self._tell(state)
        if self.state is None:
            self._set(state)
        self._welcome()
        return told

    def snapshot(self) -> Parcel:
        """The whole present state, encoded once for all who begin with it."""
        if self._snapshot is None:
            self._snapshot = Parcel(self.source.snapshot(self.channel, self.state, None))
        return self._snapshot

    def repair(self, connection: "Connection", previous: str | None) -> Parcel:
        """The whole state for one reader that missed frames since `previous`, which HTML does not tell.

        What is still being told leads to this state: it is not told again.
        """
        self._drop(connection)
        if connection.coding.face == "html":
            return self.snapshot()
        return Parcel(self.source.snapshot(self.channel, self.state, previous))

    def _tell(self, read: Any) -> bool:
        state = self.source.newer(self.state, read)
        events = self.source.delta(self.channel, self.state, state)
        if not events:
            if self.source.version(state) == self.source.version(self.state):
                self._set(state)  # what is not told in changes may still be shown to newcomers
            return False
        previous = self.source.version(self.state)
        self._set(state)
        self._begin(events, previous)
        return True

    def _begin(self, events: Sequence[Event], previous: str) -> None:
        parcel = Parcel(events)

        def take(subscriber: Subscriber, now: float) -> Outlet | None:
            return subscriber.take_state(self, parcel, previous, now)

        self._put(Job(self.members, parcel, take))

    def _welcome(self) -> None:
        """Whoever waits for a state becomes a member, and is told the one that there is now."""
        newcomers = [subscriber for subscriber in self.waiting if subscriber not in self.members]
        if not newcomers:
            return
        self.members.update(dict.fromkeys(newcomers))
        parcel = self.snapshot()

        def take(subscriber: Subscriber, now: float) -> Outlet | None:
            del self.waiting[subscriber]
            subscriber.awaiting -= 1
            return subscriber.take_awaited(self, parcel, now)

        self._put(Job(newcomers, parcel, take))

    def _put(self, job: Job) -> None:
        self._jobs.append(job)
        job.on_done = lambda: self._jobs.remove(job)
        self._fanout.tell_state(job)

    def _set(self, state: Any) -> None:
        self.state = state
        self._snapshot = None
