"""How the service is, and how it was in the last minutes. Pure but for the board that it is read from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sse_board.admin.health import CHANNEL, HealthBoard
from sse_board.admin.site.subject import FIRST, Fields, Subject
from sse_board.admin.trends import BEATS_KEPT, Series
from sse_board.clock import iso
from sse_board.live.register import BEAT_SECONDS
from sse_board.web.charts import columns

#: What stores are called.
STORES = {"postgres": "PostgreSQL", "redis": "Redis"}
#: What beats of so long are, in words.
REACH = f"{BEATS_KEPT * BEAT_SECONDS / 60:.0f} minutes"


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number as it is now, and how it was."""

    title: str
    now: str
    most: str
    chart: Markup


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _rate(value: float) -> str:
    return f"{value:,.0f}/s" if value >= 10 or value == int(value) else f"{value:.1f}/s"


def _milliseconds(value: float) -> str:
    return f"{value:,g} ms" if value else "none"


def _memory(value: float) -> str:
    return f"{value / 2**20:,.0f} MiB"


#: By the name of the measure: what it is called, and how its numbers are written.
GAUGES: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "streams": ("Streams", _count),
    "frames": ("Frames", _rate),
    "requests": ("Requests", _rate),
    "actions": ("Actions", _rate),
    "delivery": ("Delivery, p99", _milliseconds),
    "memory": ("Memory", _memory),
}


class HealthPage:
    def __init__(self, board: HealthBoard) -> None:
        self._board = board

    @property
    def subject(self) -> Subject:
        return Subject(FIRST, "Health", self.show, channel=CHANNEL)

    async def show(self, query: Fields) -> Mapping[str, Any]:
        health, trends = self._board.payload(), self._board.trends
        since = trends.since
        return {
            "health": health,
            "stores": [(STORES.get(name, name), up) for name, up in health["stores"].items()],
            "gauges": gauges(trends.together()),
            "processes": [(one, gauges(trends.of(one["process"]))) for one in health["processes"]],
            "answering": self._board.process,
            "since": iso(since) if since else None,
            "beat_seconds": f"{BEAT_SECONDS:.0f}",
            "reach": REACH,
        }


def gauges(trends: Mapping[str, Series]) -> Sequence[Gauge]:
    return [_gauge(*GAUGES[name], values) for name, values in trends.items()]


def _gauge(title: str, written: Callable[[float], str], values: Series) -> Gauge:
    known = [value for value in values if value is not None]
    now = written(values[-1]) if values and values[-1] is not None else "–"
    most = written(max(known)) if known else "–"
    words = f"{title}: {now}, at most {most} in the last minutes"
    return Gauge(title, now, most, columns(values, words, slots=BEATS_KEPT))
