"""Event streams of JSON, taken apart with as little work as possible: thousands of readers share one processor.

Whether frames keep to the protocol in all their details is looked at once for equal bytes, see `told.py`.
"""

from typing import NamedTuple


class Frame(NamedTuple):
    """One event; what it does not have is empty."""

    type: bytes
    data: bytes
    id: bytes
    retry: bytes


class Frames:
    """What one connection brings, whole frames only."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, octets: bytes) -> list[Frame]:
        *blocks, self._rest = (self._rest + octets).split(b"\n\n")
        return [_frame(block) for block in blocks]


def _frame(block: bytes) -> Frame:
    fields = {name: value for name, _, value in (line.partition(b": ") for line in block.split(b"\n"))}
    return Frame(*(fields.get(name, b"") for name in (b"event", b"data", b"id", b"retry")))
