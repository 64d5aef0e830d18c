"""Counting at the price of two additions, without a lock: whoever wants to know reads it when they ask."""

import time
from bisect import bisect_left
from collections.abc import Awaitable, Sequence
from typing import TypeVar

T = TypeVar("T")

#: Upper ends of what durations are sorted into, finest around the few milliseconds that most things take: seconds.
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Tally:
    """How many values fell between which bounds; `counts` has one more, for what is above the last."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """A value that equals a bound belongs below it."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    async def timed(self, work: Awaitable[T]) -> T:
        """What `work` gives; the seconds it took are added, those of a failure too."""
        began = time.perf_counter()
        try:
            return await work
        finally:
            self.add(time.perf_counter() - began)
