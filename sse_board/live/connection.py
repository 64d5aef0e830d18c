"""One stream as the hub sees it: a place to put finished bytes."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from sse_board.live.event import Event, Face
from sse_board.web.identity import Identity

if TYPE_CHECKING:
    from sse_board.live.topic import Topic

#: Unread bytes after which a connection skips to the newest state: 5 boards of 100 rows in HTML, 11 in JSON.
#: A page with more of them gets the rest as it reads.
BUDGET_BYTES = 256 * 1024


class Connection:
    """Frames go in without waiting and come out as fast as the client reads them."""

    __slots__ = (
        "_ended",
        "_pending",
        "_ready",
        "_size",
        "address",
        "face",
        "id",
        "identity",
        "last_sent",
        "limit",
        "private",
        "rotates_at",
        "secret",
        "skipped",
        "topics",
        "warned",
    )

    def __init__(
        self,
        id: str,
        secret: str,
        face: Face,
        limit: int,
        identity: Identity | None,
        *,
        address: str,
        private: bool,
        now: float,
        rotates_at: float,
    ) -> None:
        self.id = id
        self.secret = secret
        self.face = face
        self.limit = limit
        self.identity = identity
        self.address = address
        self.private = private
        self.rotates_at = rotates_at
        self.last_sent = now
        self.topics: set[Topic] = set()
        #: Topics whose frames were dropped, each with the version of the last frame that was not.
        self.skipped: dict[Topic, str | None] = {}
        self.warned = False
        self._pending: deque[bytes] = deque()
        self._size = 0
        self._ready = asyncio.Event()
        self._ended = False

    def send(self, event: Event) -> None:
        """Queue an event that is never dropped: those are few and small. Nothing follows the end."""
        if self._ended:
            return
        frame = event.frame(self.face)
        self._pending.append(frame)
        self._size += len(frame)
        self._ready.set()

    def send_state(self, topic: "Topic", events: Sequence[Event], previous: str | None) -> None:
        """Queue the newest state of a topic, or remember that the reader missed it."""
        if topic in self.skipped:
            return
        if self._size > BUDGET_BYTES:
            self.skipped[topic] = previous
            return
        for event in events:
            self.send(event)

    def end(self, event: Event) -> None:
        """Close the stream once everything queued, with this last event, has been read."""
        self.send(event)
        self._ended = True
        self._ready.set()

    def discard(self) -> None:
        """Forget what is queued: its reader has lost the right to it."""
        if not self._ended:
            self._pending.clear()
            self._size = 0

    async def frames(self) -> AsyncIterator[bytes]:
        """What to write, in pieces as large as they have become; ends with the stream."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            if self._pending:
                piece = b"".join(self._pending)
                self._pending.clear()
                yield piece
                self._size = 0 if not self._pending else sum(map(len, self._pending))
                self._recover()
            elif self._ended:
                return
            if self._pending or self._ended:
                self._ready.set()

    def _recover(self) -> None:
        """The reader has drained: give it the newest state of what it missed."""
        skipped, self.skipped = self.skipped, {}
        for topic, previous in skipped.items():
            if topic in self.topics:
                self.send_state(topic, topic.repair(previous, self.face), previous)
