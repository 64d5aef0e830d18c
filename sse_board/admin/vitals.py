"""How this process is, in a few numbers: what it tells the other processes every other second."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from sse_board.clock import Clock, iso
from sse_board.live.counts import Counts as LiveCounts
from sse_board.metrics.memory import resident
from sse_board.scores.counts import Counts as ScoreCounts
from sse_board.tally import Tally
from sse_board.web.requestcounts import RequestCounts

#: Rates and latencies are those of so many of the last beats: about ten seconds.
WINDOW_BEATS = 5
#: The shares of all values whose bounds are told.
PERCENTILES = {"p50": 0.5, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where they are counted. `people`: who is logged in here. `unrecorded`: what the history lacks."""

    live: LiveCounts
    requests: RequestCounts
    scores: ScoreCounts
    stores: Callable[[], Mapping[str, bool]]
    people: Callable[[], int]
    is_draining: Callable[[], bool]
    unrecorded: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Beat:
    """What was counted by a moment; `tallies` are copies of their counts."""

    at: float
    totals: Mapping[str, float]
    tallies: Mapping[str, Sequence[int]]


@dataclass(slots=True)
class Vitals:
    """`describe` is called once for each beat."""

    process: str
    index: int
    build: str
    numbers: Numbers
    clock: Clock
    _since: str = ""
    _beats: deque[Beat] = field(default_factory=lambda: deque(maxlen=WINDOW_BEATS + 1))

    def describe(self) -> dict[str, Any]:
        self._since = self._since or iso(self.clock())
        self._beats.append(self._beat())
        first, last = self._beats[0], self._beats[-1]
        ways = self.numbers.live.ways
        return {
            "process": self.process,
            "index": self.index,
            "pid": os.getpid(),
            "build": self.build,
            "since": self._since,
            "draining": self.numbers.is_draining(),
            "stores": dict(self.numbers.stores()),
            "streams": {name: way.live for name, way in ways.items()},
            "people": self.numbers.people(),
            "opened": ways["sse"].opened + ways["websocket"].opened,
            "memory": resident(),
            "unrecorded": self.numbers.unrecorded(),
            "rates": rates(first, last),
            "latencies": self._latencies(first, last),
        }

    def _beat(self) -> Beat:
        tallies = {name: merged(parts) for name, parts in self._tallies().items()}
        return Beat(time.monotonic(), self._totals(), tallies)

    def _totals(self) -> dict[str, float]:
        numbers, ways = self.numbers, self.numbers.live.ways.values()
        return {
            "opened": sum(way.opened for way in ways),
            "closed": sum(way.opened - way.live for way in ways),
            "frames": sum(way.frames for way in ways),
            "bytes": sum(way.octets for way in ways),
            "requests": sum(sum(tally.counts) for tally in numbers.requests.seconds.values()),
            "errors": sum(numbers.requests.errors.values()),
            "actions": numbers.scores.outcomes["accepted"],
        }

    def _tallies(self) -> dict[str, list[Tally]]:
        numbers = self.numbers
        return {
            "delivery": [numbers.live.states.seconds, numbers.live.logs.seconds],
            "commit": [numbers.scores.commit_seconds],
            "request": list(numbers.requests.seconds.values()),
            "loop": [numbers.live.lateness],
        }

    def _latencies(self, first: Beat, last: Beat) -> dict[str, dict[str, float | None]]:
        bounds = {name: parts[0].bounds if parts else () for name, parts in self._tallies().items()}
        return {
            name: quantiles(bounds[name], since(first.tallies[name], counts))
            for name, counts in last.tallies.items()
        }


def merged(parts: Iterable[Tally]) -> list[int]:
    """The counts of tallies with the same bounds, added up."""
    return [sum(column) for column in zip(*(tally.counts for tally in parts), strict=True)]


def since(before: Sequence[int], now: Sequence[int]) -> list[int]:
    """What came to the counts; a tally that had nothing yet had no columns either."""
    return [count - (before[place] if place < len(before) else 0) for place, count in enumerate(now)]


def rates(first: Beat, last: Beat) -> dict[str, float]:
    """Per second, of what only grows."""
    seconds = last.at - first.at
    return {
        name: round((total - first.totals[name]) / seconds, 1) if seconds > 0 else 0
        for name, total in last.totals.items()
    }


def quantiles(bounds: Sequence[float], counts: Sequence[int]) -> dict[str, float | None]:
    """Milliseconds that such a share of the values is not above, as tallies know it; None without values."""
    return {name: _quantile(bounds, counts, share) for name, share in PERCENTILES.items()}


def _quantile(bounds: Sequence[float], counts: Sequence[int], share: float) -> float | None:
    total = sum(counts)
    if not total:
        return None
    place = next(place for place, below in enumerate(accumulate(counts)) if below >= share * total)
    return bounds[min(place, len(bounds) - 1)] * 1000
