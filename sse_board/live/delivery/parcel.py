"""Events that go out together, in one write."""

from collections.abc import Sequence

import structlog

from sse_board.live.delivery.coding import Coding
from sse_board.live.event import Event

_log = structlog.get_logger()


class Parcel:
    """Its bytes are made on first use, once for each coding, and shared by every connection.

    `position` is that of the last event, where they are of the log, else 0.
    """

    __slots__ = ("count", "events", "made", "position")

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.count = len(events)
        self.position = (events[-1].position if events else None) or 0
        #: What `octets` has made so far.
        self.made: dict[Coding, bytes] = {}

    @property
    def is_urgent(self) -> bool:
        return any(event.urgent for event in self.events)

    def octets(self, coding: Coding) -> bytes:
        """The events in this coding; nothing when they cannot be made."""
        made = self.made.get(coding)
        if made is None:
            made = self.made[coding] = self._make(coding)
        return made

    def _make(self, coding: Coding) -> bytes:
        """One face that cannot be made must not cost those with another the event."""
        try:
            return b"".join([coding.wrap(event.frame(coding.face)) for event in self.events])
        except Exception:
            _log.exception("events cannot be told", face=coding.face, types=[event.type for event in self.events])
            return b""
