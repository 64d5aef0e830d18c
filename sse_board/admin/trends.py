"""How all processes were in the last minutes: the numbers of each beat, in the memory of this process. Pure."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

#: Beats that are kept: five minutes of them, some 100 bytes for each process and beat.
BEATS_KEPT = 150

Process = Mapping[str, Any]
#: None for a beat at which it was not known.
Series = list[float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """`of` reads it from what a process says of itself, `together` makes one number of those of all."""

    name: str
    of: Callable[[Process], float]
    together: Callable[[Iterable[float]], float] = sum


#: What was not delivered took no time.
MEASURES = (
    Measure("streams", lambda one: one["streams"]["sse"] + one["streams"]["websocket"]),
    Measure("frames", lambda one: one["rates"]["frames"]),
    Measure("requests", lambda one: one["rates"]["requests"]),
    Measure("actions", lambda one: one["rates"]["actions"]),
    Measure("delivery", lambda one: one["latencies"]["delivery"]["p99"] or 0, max),
    Measure("memory", lambda one: one["memory"]),
)


@dataclass(frozen=True, slots=True)
class Beat:
    """`processes`: the measures of each, in their order. Not `complete` where others may have been there too."""

    at: datetime
    processes: Mapping[str, tuple[float, ...]]
    complete: bool


class Trends:
    """Empty in a process that has just begun."""

    def __init__(self) -> None:
        self._beats: deque[Beat] = deque(maxlen=BEATS_KEPT)

    def add(self, at: datetime, processes: Iterable[Process], *, is_complete: bool) -> None:
        values = {one["process"]: tuple(measure.of(one) for measure in MEASURES) for one in processes}
        self._beats.append(Beat(at, values, is_complete))

    @property
    def since(self) -> datetime | None:
        return self._beats[0].at if self._beats else None

    def together(self) -> dict[str, Series]:
        """By the name of the measure; None where not all processes were known: a part would look like a fall."""
        return {measure.name: [_together(beat, place) for beat in self._beats] for place, measure in _numbered()}

    def of(self, process: str) -> dict[str, Series]:
        found = [beat.processes.get(process) for beat in self._beats]
        return {
            measure.name: [None if values is None else values[place] for values in found]
            for place, measure in _numbered()
        }


def _numbered() -> Sequence[tuple[int, Measure]]:
    return list(enumerate(MEASURES))


def _together(beat: Beat, place: int) -> float | None:
    values = [one[place] for one in beat.processes.values()]
    return MEASURES[place].together(values) if beat.complete and values else None
