"""Telling many listeners something, a slice at a time, so that nobody else waits for it."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar

import structlog

from sse_board.live.delivery.coding import Coding
from sse_board.live.delivery.outlet import Outlet, write_all
from sse_board.live.delivery.parcel import Parcel

_log = structlog.get_logger()

#: The event loop is given back after so long: seconds. Less than half of what others may notice, for there is more
#: to do in a turn of the loop, and the clock is looked at only every so many listeners.
SLICE_SECONDS = 0.004
STRIDE = 32


class Listener(Protocol):
    """Whoever is told something, in a coding."""

    coding: Coding

    def fail(self) -> None:
        """It could not be told: it must not go on as if it had been."""


L = TypeVar("L", bound=Listener)
#: `(listener, now)`: the listener takes it; where to write it, None for nowhere. `now` is monotonic.
Take = Callable[[L, float], Outlet | None]


class Job:
    """One parcel for some listeners, who take it one by one.

    Who is in `dropped` by the time it is their turn is left out. `on_done` is called behind the last of them.
    """

    __slots__ = ("_parcel", "_rest", "_take", "dropped", "number", "on_done", "urgent")

    def __init__(
        self,
        listeners: Iterable[L],
        parcel: Parcel,
        take: Take[L],
        *,
        on_done: Callable[[], None] | None = None,
    ) -> None:
        self._rest: Iterator[L] = iter(tuple(listeners))
        self._parcel = parcel
        self._take = take
        self.urgent = parcel.is_urgent
        self.on_done = on_done
        self.dropped: set[Any] = set()
        self.number = 0

    def serve(self, until: float) -> bool:
        """Tell the next listeners until that time; whether all have been told."""
        while (now := time.monotonic()) < until:
            stride = tuple(islice(self._rest, STRIDE))
            if not stride:
                return True
            if self.dropped:
                stride = tuple(listener for listener in stride if listener not in self.dropped)
            self._tell(stride, now)
        return False

    def _tell(self, stride: Sequence[Any], now: float) -> None:
        """Nobody goes on as if they had been told where it is not known who was."""
        try:
            for coding, outlets in self._taken(stride, now).items():
                write_all(outlets, self._parcel.octets(coding))
        except Exception:
            _log.exception("listeners cannot be told")
            for listener in stride:
                listener.fail()

    def finish(self) -> None:
        """All have been told. What is called then may hold the job, so the job lets go of it."""
        done, self.on_done = self.on_done, None
        if done is not None:
            done()

    def _taken(self, stride: Sequence[Any], now: float) -> Mapping[Coding, Sequence[Outlet]]:
        """Where to write, by coding. What goes wrong with one must not cost the others what they are told."""
        outlets: defaultdict[Coding, list[Outlet]] = defaultdict(list)
        take = self._take
        for listener in stride:
            try:
                outlet = take(listener, now)
            except Exception:
                _log.exception("listener cannot be told")
                listener.fail()
                continue
            if outlet is not None:
                outlets[listener.coding].append(outlet)
        return outlets


def barrier(on_done: Callable[[], None]) -> Job:
    """Nothing to tell: for whoever wants to know when all before it has been told."""
    return Job((), Parcel(()), lambda *_: None, on_done=on_done)


class Fanout:
    """Jobs in the order in which they came; but states let pass what is urgent, with all of the log before it.

    So what is of one kind reaches each listener in order, and the log's cursor only rises.
    """

    def __init__(self) -> None:
        self._states: deque[Job] = deque()
        self._log: deque[Job] = deque()
        self._urgent = 0
        self._numbers = 0
        self._is_walking = False

    def tell_state(self, job: Job) -> None:
        self._put(self._states, job)

    def tell_log(self, job: Job) -> None:
        self._urgent += job.urgent
        self._put(self._log, job)

    def _put(self, lane: deque[Job], job: Job) -> None:
        self._numbers += 1
        job.number = self._numbers
        lane.append(job)
        if not self._is_walking:
            self._is_walking = True
            asyncio.get_running_loop().call_soon(self._walk)

    def _walk(self) -> None:
        """One slice; the next one comes when everybody else in the loop has had a turn, and whatever goes wrong in
        this one: a fan-out that stands still would look well and be dead."""
        until = time.monotonic() + SLICE_SECONDS
        try:
            while (lane := self._next()) and self._serve(lane, until):
                pass
        finally:
            self._is_walking = bool(self._states or self._log)
            if self._is_walking:
                asyncio.get_running_loop().call_soon(self._walk)

    def _serve(self, lane: deque[Job], until: float) -> bool:
        """Whether the first job of the lane is over."""
        job = lane[0]
        if not job.serve(until):
            return False
        lane.popleft()
        self._urgent -= job.urgent and lane is self._log
        job.finish()
        return True

    def _next(self) -> deque[Job] | None:
        if not self._log or not self._states:
            return self._log or self._states or None
        overtakes = self._urgent or self._log[0].number < self._states[0].number
        return self._log if overtakes else self._states
