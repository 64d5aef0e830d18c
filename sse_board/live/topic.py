"""A channel seen through one window: its present state, its frames, its listeners."""

from collections.abc import Sequence
from typing import Any, Protocol

from sse_board.live.event import Event, Face
from sse_board.live.source import StateSource


class Subscriber(Protocol):
    """Whoever is told of states; `skipped` are those it missed, with the version of the last it was told."""

    limit: int
    topics: "set[Topic]"
    skipped: "dict[Topic, str | None]"

    def send_state(self, topic: "Topic", events: Sequence[Event], previous: str | None) -> None:
        """Take the newest state of a topic."""


class Topic:
    """The chain of versions that its listeners follow; they all get the same bytes."""

    __slots__ = ("_snapshot", "channel", "limit", "members", "source", "state", "waiting")

    def __init__(self, channel: str, limit: int, source: StateSource) -> None:
        self.channel = channel
        self.limit = limit
        self.source = source
        self.state: Any = None
        self.members: dict[Subscriber, None] = {}
        self.waiting: dict[Subscriber, None] = {}
        self._snapshot: Sequence[Event] | None = None

    @property
    def is_idle(self) -> bool:
        return not self.members and not self.waiting

    def join(self, connection: Subscriber) -> None:
        """The newcomer gets the state that the next delta builds on, now or as soon as it is known."""
        connection.topics.add(self)
        if self.state is None:
            self.waiting[connection] = None
        else:
            self._welcome(connection)

    def leave(self, connection: Subscriber) -> None:
        connection.topics.discard(self)
        connection.skipped.pop(self, None)
        self.members.pop(connection, None)
        self.waiting.pop(connection, None)

    def advance(self, wide: Any) -> bool:
        """Take a newer state and tell everybody what changed in the window, if anything did."""
        state = self.source.narrow(wide, self.limit)
        told = self.state is not None and self._tell(state)
        if self.state is None:
            self._set(state)
        for connection in list(self.waiting):
            self._welcome(connection)
        self.waiting.clear()
        return told

    def snapshot(self) -> Sequence[Event]:
        """The whole present state, encoded once for all who begin with it."""
        if self._snapshot is None:
            self._snapshot = self.source.snapshot(self.channel, self.state, None)
        return self._snapshot

    def repair(self, previous: str | None, face: Face) -> Sequence[Event]:
        """The whole state for one reader that missed frames since `previous`, which HTML does not tell."""
        return self.snapshot() if face == "html" else self.source.snapshot(self.channel, self.state, previous)

    def _tell(self, read: Any) -> bool:
        state = self.source.newer(self.state, read)
        events = self.source.delta(self.channel, self.state, state)
        if not events:
            if self.source.version(state) == self.source.version(self.state):
                self._set(state)  # what is not told in changes may still be shown to newcomers
            return False
        previous = self.source.version(self.state)
        self._set(state)
        for connection in self.members:
            connection.send_state(self, events, previous)
        return True

    def _set(self, state: Any) -> None:
        self.state = state
        self._snapshot = None

    def _welcome(self, connection: Subscriber) -> None:
        self.members[connection] = None
        connection.send_state(self, self.snapshot(), None)
