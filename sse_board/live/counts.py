"""What the engine counts about itself, as plain numbers; who shows them to whom is not its business."""

import time
from collections import Counter
from typing import Literal, get_args

from sse_board.live.event import Face
from sse_board.tally import Tally

Transport = Literal["sse", "websocket", "poll"]

#: Why a stream or socket ended: its time was up, the process stopped, it could not keep up with a log, it took
#: nothing at all any more, its token expired or was revoked, it sent nonsense again and again, what it missed
#: could not be told, an admin ended it, or its client left.
Reason = Literal["rotated", "drained", "slow", "stuck", "expired", "revoked", "abuse", "failed", "ended", "client"]
REASONS: tuple[Reason, ...] = get_args(Reason)


class Way:
    """What went out over one transport. `resumed` are those of the `opened` that came back with a cursor, `full`
    those that found no room; polls have no `ended`."""

    __slots__ = ("ended", "frames", "full", "live", "octets", "opened", "resumed")

    def __init__(self) -> None:
        self.live = 0
        self.opened = 0
        self.resumed = 0
        self.full = 0
        self.frames = 0
        self.octets = 0
        self.ended: dict[Reason, int] = dict.fromkeys(REASONS, 0)

    def open(self, *, resumed: bool = False) -> None:
        self.live += 1
        self.opened += 1
        self.resumed += resumed

    def write(self, frames: int, octets: int) -> None:
        self.frames += frames
        self.octets += octets


class Delivery:
    """How long news takes from its hint until the sockets have it."""

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        self.seconds = Tally()

    def told(self, since: float) -> None:
        """Every listener has just been written to of what was heard of at `since` (monotonic)."""
        self.seconds.add(time.monotonic() - since)


class Counts:
    """All of one process. `refused` counts WebSocket handshakes by the code of the error that they were told."""

    def __init__(self) -> None:
        self.ways: dict[Transport, Way] = {"sse": Way(), "websocket": Way(), "poll": Way()}
        self.refused: Counter[str] = Counter()
        self.states = Delivery()
        self.logs = Delivery()
        self.lateness = Tally()

    def way(self, face: Face) -> Way:
        return self.ways[transport_of(face)]


def transport_of(face: Face) -> Transport:
    """What carries a face."""
    return "websocket" if face in ("socket", "scores") else "sse"
