"""`admin:health`: how all processes are, put together from what each says of itself. Pure but for the register."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sse_board.admin.audience import AdminChannel
from sse_board.admin.trends import Trends
from sse_board.clock import Clock, iso
from sse_board.live.event import Event
from sse_board.live.register import Register
from sse_board.live.room import Live

CHANNEL = "admin:health"

Health = Mapping[str, Any]


class HealthBoard:
    """Needs no store to answer: what is not known it says. `trends`: how it was at the last beats."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.trends = Trends()

    def attach(self, register: Register, stores: Callable[[], Mapping[str, bool]]) -> None:
        self._register = register
        self._stores = stores
        register.listeners.append(self._remember)

    @property
    def process(self) -> str:
        """The one that answers."""
        return self._register.process

    def _remember(self) -> None:
        register = self._register
        self.trends.add(self._clock(), register.known.values(), is_complete=register.is_complete)

    def payload(self) -> dict[str, Any]:
        processes = sorted(self._register.known.values(), key=lambda one: (one["index"], one["process"]))
        return combined(processes, self._stores(), is_complete=self._register.is_complete)


def combined(
    processes: Sequence[Mapping[str, Any]], stores: Mapping[str, bool], *, is_complete: bool
) -> dict[str, Any]:
    """`stores` as this process sees them; the others say for themselves what they see."""
    seen = [stores, *(one["stores"] for one in processes)]
    well = is_complete and all(up for one in seen for up in one.values())
    return {
        "status": "ok" if well else "degraded",
        "complete": is_complete,
        "stores": dict(stores),
        "streams": _added(one["streams"] for one in processes),
        "people": sum(one["people"] for one in processes),
        "rates": _added(one["rates"] for one in processes),
        "latencies": _worst([one["latencies"] for one in processes]),
        "processes": list(processes),
    }


def _added(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = round(total.get(name, 0) + value, 1)
    return total


def _worst(parts: Sequence[Mapping[str, Mapping[str, float | None]]]) -> dict[str, dict[str, float | None]]:
    """Of each number that of the process that is worst off: an average would hide it."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: _largest([part[name] for part in parts if name in part]) for name in names}


def _largest(parts: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    return {
        share: max((value for part in parts if (value := part[share]) is not None), default=None)
        for share in parts[0]
    }


class HealthSource(AdminChannel):
    """Everything anew with each beat: it is small, and nobody has to put it together."""

    windowed = False
    least_seconds = 1.0

    def __init__(self, board: HealthBoard, clock: Clock) -> None:
        super().__init__(CHANNEL)
        self._board = board
        self._clock = clock

    def attach(self, live: Live) -> None:
        live.register.listeners.append(lambda: live.feed.changed(CHANNEL))

    async def read(self, channel: str, limit: int) -> Health:
        return self._board.payload()

    def narrow(self, state: Health, limit: int) -> Health:
        return state

    def newer(self, before: Health, after: Health) -> Health:
        return after

    def snapshot(self, channel: str, state: Health, previous: str | None) -> Sequence[Event]:
        data = {**state, "timestamp": iso(self._clock())}
        return [Event("health.update", data, channel=channel, text=partial(_lines, data))]

    def delta(self, channel: str, before: Health, after: Health) -> Sequence[Event]:
        return [] if before == after else self.snapshot(channel, after, None)

    def version(self, state: Health) -> str:
        return json.dumps(state, sort_keys=True)

    appearance = version


def _lines(data: Health) -> list[str]:
    streams = "  ".join(f"{name} {count}" for name, count in data["streams"].items())
    return [f"health  {data['status']}  {len(data['processes'])} processes  {streams}"]
