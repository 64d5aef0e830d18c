"""One stream or socket as the engine sees it: what it listens to, and how far it has been told."""

import errno
import time
from typing import TYPE_CHECKING, Protocol

from sse_board.live.counts import Reason, Way
from sse_board.live.delivery.agenda import NOWHERE
from sse_board.live.delivery.coding import Coding
from sse_board.live.delivery.outlet import LOG_BUDGET_BYTES, UNCONNECTED, Outlet
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Event, Truncated
from sse_board.web.identity import Identity

if TYPE_CHECKING:
    from sse_board.live.states.topic import Topic


class Keeper(Protocol):
    """Who looks after connections."""

    def secret(self, id: str) -> str:
        """What only the client of the connection with this id is told."""

    def cut_off(self) -> Event:
        """The last event for a reader that cannot keep up."""

    def look_at(self, connection: "Connection") -> None:
        """Its dates may be others now."""

    def lags(self, connection: "Connection") -> None:
        """It has not taken all that it was sent."""

    def progressed(self, connection: "Connection") -> None:
        """One that is catching up has been given a snapshot, or has read."""

    def lost(self, connection: "Connection") -> None:
        """Its client is gone."""


class Connection:
    """What it is told goes out at once, or not at all: it has no queue of its own.

    `log_position`: every event of its channels up to this place was sent; `is_level` when it hears what follows.
    Small on purpose: there are tens of thousands.
    """

    __slots__ = (
        "address",
        "agent",
        "awaiting",
        "channels",
        "coding",
        "cursor_at",
        "farewell",
        "full",
        "has_ended",
        "id",
        "identity",
        "is_level",
        "keeper",
        "last_sent",
        "limit",
        "log_position",
        "names",
        "outlet",
        "private",
        "reason",
        "replaying",
        "resume",
        "rotates_at",
        "since",
        "skipped",
        "slot",
        "topics",
        "warned",
        "way",
    )

    def __init__(
        self,
        id: str,
        coding: Coding,
        limit: int,
        identity: Identity | None,
        *,
        address: str,
        agent: str = "",
        way: Way,
        keeper: Keeper,
        now: float,
        rotates_at: float,
    ) -> None:
        self.id = id
        self.coding = coding
        self.limit = limit
        self.identity = identity
        self.address = address
        #: The program at the other end, as it calls itself.
        self.agent = agent
        #: Where what it is sent is counted.
        self.way = way
        self.keeper = keeper
        self.outlet: Outlet = UNCONNECTED
        self.private = False
        self.rotates_at = rotates_at
        #: The same object as long as nothing was sent: monotonic, like all times here.
        self.since = self.last_sent = now
        #: When it was last told how far the log has come.
        self.cursor_at = now
        #: When the keeper looks at it next.
        self.slot = NOWHERE
        #: Where logs that it joins later begin, if it came back for them.
        self.resume: int | None = None
        self.channels: tuple[str, ...] = ()
        self.topics: tuple[Topic, ...] = ()
        #: Topics whose first snapshot is still to come.
        self.awaiting = 0
        #: What it hears of the log, by the log's own names.
        self.names: tuple[str, ...] = ()
        self.log_position = 0
        self.is_level = False
        #: Whether it is being told what it missed.
        self.replaying = False
        #: Whether it has more unread than states may add to.
        self.full = False
        #: Topics whose frames were left out meanwhile, each with the version of the last frame that was not.
        self.skipped: dict[Topic, str | None] | None = None
        self.warned = False
        self.has_ended = False
        #: The type of the event that ended it.
        self.farewell: str | None = None
        #: Why it ended; unless we say something else, its client left.
        self.reason: Reason = "client"

    @property
    def secret(self) -> str:
        return self.keeper.secret(self.id)

    @property
    def has_room(self) -> bool:
        """Whether the reader is near enough to be sent what it missed."""
        return not (self.has_ended or self.full)

    # -- telling --

    def send(self, event: Event) -> None:
        """What only this one is told; never left out: such events are few and small. Nothing follows the end."""
        self.send_parcel(Parcel((event,)), time.monotonic())

    def send_parcel(self, parcel: Parcel, now: float) -> None:
        """The same of what others are told too. `now` is monotonic."""
        if self.has_ended:
            return
        if parcel.position:
            self.cursor_at = now
        self._write(self._take(parcel, now), parcel)

    def send_state(self, topic: "Topic", parcel: Parcel, previous: str | None, now: float) -> None:
        self._write(self.take_state(topic, parcel, previous, now), parcel)

    def send_log(self, parcel: Parcel, now: float) -> None:
        self._write(self.take_log(parcel, now), parcel)

    def _write(self, outlet: Outlet | None, parcel: Parcel) -> None:
        if outlet is not None:
            outlet.write(parcel.octets(self.coding))

    # -- taking: where to write a parcel that many are told, None for nowhere --

    def take_state(self, topic: "Topic", parcel: Parcel, previous: str | None, now: float) -> Outlet | None:
        """The newest state of a topic, or remember that the reader missed it."""
        if self.full:
            self._skip(topic, previous)
            return None
        return None if self.has_ended else self._take(parcel, now)

    def take_awaited(self, topic: "Topic", parcel: Parcel, now: float) -> Outlet | None:
        """The first state of a topic, which it waited for. What it missed of logs comes behind that."""
        if self.replaying:
            self.keeper.progressed(self)
        return self.take_state(topic, parcel, None, now)

    def take_log(self, parcel: Parcel, now: float) -> Outlet | None:
        """Events of the log, once and in order; a reader that is too far behind is cut off before them."""
        if self.has_ended or parcel.position <= self.log_position:
            return None
        if self.full and self.outlet.backlog > LOG_BUDGET_BYTES:
            self.end(self.keeper.cut_off(), "slow")
            return None
        self.log_position = parcel.position
        self.cursor_at = now
        return self._take(parcel, now)

    def take_heartbeat(self, parcel: Parcel, now: float) -> Outlet | None:
        """It tells how far the log was sent, and that only rises; who reads nothing needs no proof of life."""
        if self.has_ended or self.full or not self.is_level or parcel.position < self.log_position:
            return None
        self.cursor_at = now
        return self._take(parcel, now)

    def take_notice(self, parcel: Parcel, now: float) -> Outlet | None:
        """What a reader that is behind can do without."""
        return None if self.has_ended or self.full else self._take(parcel, now)

    def _take(self, parcel: Parcel, now: float) -> Outlet | None:
        """Count it. What cannot be made for this one's face leaves a gap, so that it must come back."""
        octets = parcel.made.get(self.coding) or parcel.octets(self.coding)
        if not octets:
            if parcel.events:
                self.fail()
            return None
        way = self.way
        way.frames += parcel.count
        way.octets += len(octets)
        self.last_sent = now
        return self.outlet

    def _skip(self, topic: "Topic", previous: str | None) -> None:
        if self.skipped is None:
            self.skipped = {}
        self.skipped.setdefault(topic, previous)

    def miss(self, position: int, truncated: Truncated) -> None:
        """Tell that events of the log up to this place are lost; what follows is told as always."""
        if not self.has_ended:
            self.log_position = position
            self.send(truncated(self.channels))

    def end(self, event: Event, reason: Reason) -> None:
        """Close the stream once everything sent, with this last event, has been read."""
        if self.has_ended:
            return
        self.send(event)
        self.farewell, self.reason, self.has_ended = event.type, reason, True
        self.outlet.finish()

    def discard(self) -> None:
        """Forget what was not read yet: its reader has lost the right to it."""
        self.outlet.discard()

    def fail(self) -> None:
        """It could not be told something, so it must come back for it."""
        self.end(self.keeper.cut_off(), "failed")

    def give_up(self) -> None:
        """Its reader takes nothing any more: do not wait until it has read the rest."""
        if not self.has_ended:
            self.reason, self.has_ended = "stuck", True
        self.outlet.abort()

    # -- what its outlet says --

    def drained(self) -> None:
        """The reader has caught up with what it was sent: give it the newest state of what it missed."""
        self.full = False
        if not self.has_ended:
            self._recover()
        if self.replaying:
            self.keeper.progressed(self)

    def _recover(self) -> None:
        skipped, self.skipped = self.skipped, None
        now = time.monotonic()
        for topic, previous in (skipped or {}).items():
            if topic in self.topics:
                self.send_state(topic, topic.repair(self, previous), previous, now)

    def blame(self, error: Exception | None) -> None:
        """Why the client is gone: the kernel gives up whoever takes nothing any more."""
        if self.reason == "client" and getattr(error, "errno", None) == errno.ETIMEDOUT:
            self.reason = "stuck"

    def lost(self, error: Exception | None = None) -> None:
        self.blame(error)
        self.has_ended = True
        self.outlet = UNCONNECTED
        self.keeper.lost(self)
