"""When to look at whom next: who is not due costs nothing."""

import math
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Dated(Protocol):
    #: Where its one date stands; what the agenda has of it elsewhere was put off.
    slot: int


D = TypeVar("D", bound=Dated)

#: No slot: it is in no agenda, or not any more.
NOWHERE = -1


class Agenda(Generic[D]):
    """Dates in slots of `seconds`. One that is put off leaves its old entry behind, to be passed over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._slots: dict[int, list[D]] = {}

    def put(self, dated: D, at: float) -> None:
        """Its only date is now the first slot that is not before this time."""
        slot = math.ceil(at / self._seconds)
        if slot != dated.slot:
            dated.slot = slot
            self._slots.setdefault(slot, []).append(dated)

    def due(self, now: float) -> Iterator[D]:
        """Take out all whose time has come, earliest first; each is in no slot then."""
        until = math.floor(now / self._seconds)
        for slot in sorted(slot for slot in self._slots if slot <= until):
            for dated in self._slots.pop(slot):
                if dated.slot == slot:
                    dated.slot = NOWHERE
                    yield dated
