"""One stream as the hub sees it: a place to put finished bytes."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING

from sse_board.live.counts import Reason, Way
from sse_board.live.event import Event, Face
from sse_board.live.log import Truncated
from sse_board.web.identity import Identity

if TYPE_CHECKING:
    from sse_board.live.topic import Topic

#: Unread bytes after which a connection skips to the newest state: 5 boards of 100 rows in HTML, 11 in JSON.
#: A page with more of them gets the rest as it reads.
BUDGET_BYTES = 256 * 1024
#: Unread bytes at which the next event of a log ends the connection: it will come back for it. More than states
#: may take, so that busy boards alone cut nobody.
LOG_BUDGET_BYTES = 2 * BUDGET_BYTES
#: A write that takes so long waits for a reader that takes nothing: seconds. Half of what is the end of it.
STALL_SECONDS = 15.0
#: A connection that ends so soon after such a write ends because of it: seconds.
AFTERMATH_SECONDS = 1.0


class Connection:
    """Frames go in without waiting and come out as fast as the client reads them.

    `log_position`: every event of its channels up to this place was sent; `is_level` when that is the present one.
    """

    __slots__ = (
        "_handed_at",
        "_pending",
        "_progress",
        "_ready",
        "_size",
        "_stalled_at",
        "address",
        "channels",
        "cursor_at",
        "cut_off",
        "face",
        "farewell",
        "has_ended",
        "id",
        "identity",
        "is_level",
        "last_sent",
        "limit",
        "log_position",
        "names",
        "private",
        "reason",
        "resume",
        "rotates_at",
        "secret",
        "skipped",
        "topics",
        "warned",
        "way",
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
        way: Way,
        cut_off: Callable[[], Event],
        now: float,
        rotates_at: float,
    ) -> None:
        self.id = id
        self.secret = secret
        self.face = face
        self.limit = limit
        self.identity = identity
        self.address = address
        #: Where what it is sent is counted.
        self.way = way
        #: Makes the last event for a reader that cannot keep up with a log.
        self.cut_off = cut_off
        self.private = False
        self.rotates_at = rotates_at
        self.last_sent = now
        #: When it was last told how far the log has come.
        self.cursor_at = now
        #: Where logs that it joins later begin, if it came back for them.
        self.resume: int | None = None
        self.channels: dict[str, None] = {}
        self.topics: set[Topic] = set()
        #: What it hears of the log, by the log's own names.
        self.names: set[str] = set()
        self.log_position = 0
        self.is_level = False
        #: Topics whose frames were dropped, each with the version of the last frame that was not.
        self.skipped: dict[Topic, str | None] = {}
        self.warned = False
        self._pending: deque[bytes] = deque()
        self._size = 0
        #: Since when the reader has not taken what it was handed, and when it last had kept us waiting for long.
        self._handed_at: float | None = None
        self._stalled_at: float | None = None
        self._ready = asyncio.Event()
        self._progress = asyncio.Event()
        self.has_ended = False
        #: The type of the event that ended it.
        self.farewell: str | None = None
        #: Why it ended; unless we say something else, its client left.
        self.reason: Reason = "client"

    @property
    def is_awaiting(self) -> bool:
        """Whether a snapshot is still to come."""
        return any(self in topic.waiting for topic in self.topics)

    @property
    def has_room(self) -> bool:
        """Whether the reader is near enough to be sent what it missed."""
        return self._size <= BUDGET_BYTES and not self.has_ended

    async def progress(self) -> None:
        """Wait until a snapshot has come or something was read."""
        self._progress.clear()
        await self._progress.wait()

    def send(self, event: Event) -> None:
        """Queue an event that is never dropped: those are few and small. Nothing follows the end."""
        if self.has_ended:
            return
        if event.position is not None:
            self.cursor_at = time.monotonic()
        frame = event.frame(self.face)
        self._pending.append(frame)
        self._size += len(frame)
        self._ready.set()

    def send_state(self, topic: "Topic", events: Sequence[Event], previous: str | None) -> None:
        """Queue the newest state of a topic, or remember that the reader missed it."""
        self._progress.set()
        if topic in self.skipped:
            return
        if self._size > BUDGET_BYTES:
            self.skipped[topic] = previous
            return
        for event in events:
            self.send(event)

    def send_log(self, event: Event) -> None:
        """Queue an event of the log, once and in order; a reader that is too far behind is cut off before it."""
        assert event.position is not None
        if self.has_ended or event.position <= self.log_position:
            return
        if self._size > LOG_BUDGET_BYTES:
            self.end(self.cut_off(), "slow")
            return
        self.log_position = event.position
        self.send(event)

    def miss(self, position: int, truncated: Truncated) -> None:
        """Tell that events of the log up to this place are lost; what follows is told as always."""
        if not self.has_ended:
            self.log_position = position
            self.send(truncated(self.channels))

    def end(self, event: Event, reason: Reason) -> None:
        """Close the stream once everything queued, with this last event, has been read."""
        self.send(event)
        if not self.has_ended:
            self.farewell, self.reason = event.type, reason
        self.has_ended = True
        self._ready.set()
        self._progress.set()

    def discard(self) -> None:
        """Forget what is queued: its reader has lost the right to it."""
        self._pending.clear()
        self._size = 0

    async def batches(self) -> AsyncIterator[list[bytes]]:
        """What to write, as many frames at once as there are; ends with the stream."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            if self._pending:
                frames = list(self._pending)
                self._pending.clear()
                self.way.write(len(frames), self._size)
                self.last_sent = self._handed_at = time.monotonic()
                yield frames
                self._note_taken()
                self._size = sum(map(len, self._pending))
                self._recover()
            elif self.has_ended:
                return
            if self._pending or self.has_ended:
                self._ready.set()

    def _note_taken(self) -> None:
        now = time.monotonic()
        if self._handed_at is not None and now - self._handed_at > STALL_SECONDS:
            self._stalled_at = now
        self._handed_at = None

    def why_closed(self, now: float) -> Reason:
        """`now` is monotonic. Who is cut off while it takes nothing did not leave: whether our patience ends
        first or the kernel's, which gives the socket up and lets all writes end."""
        stalls = self._handed_at is not None and now - self._handed_at > STALL_SECONDS
        stalled = self._stalled_at is not None and now - self._stalled_at < AFTERMATH_SECONDS
        return "stuck" if self.reason == "client" and (stalls or stalled) else self.reason

    def _recover(self) -> None:
        """The reader has drained: give it the newest state of what it missed."""
        self._progress.set()
        skipped, self.skipped = self.skipped, {}
        for topic, previous in skipped.items():
            if topic in self.topics:
                self.send_state(topic, topic.repair(previous, self.face), previous)
