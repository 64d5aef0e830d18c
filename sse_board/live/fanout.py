"""Telling many listeners something, a slice at a time, so that nobody else waits for it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import structlog

_log = structlog.get_logger()

#: The event loop is given back after so long: seconds. Half of what others may notice, for the clock is looked at
#: only every so many listeners.
SLICE_SECONDS = 0.005
STRIDE = 16


class Job:
    """One thing to tell to some listeners: `give(listener, now)` tells one, `now` being monotonic seconds.

    Who is in `dropped` by the time it is their turn is left out. `on_done` is called behind the last of them.
    """

    __slots__ = ("_rest", "dropped", "give", "number", "on_done", "urgent")

    def __init__(
        self,
        listeners: Iterable[Any],
        give: Callable[[Any, float], None] | None = None,
        *,
        urgent: bool = False,
        on_done: Callable[[], None] | None = None,
    ) -> None:
        self._rest: Iterator[Any] = iter(tuple(listeners))
        self.give = give or _nothing
        self.urgent = urgent
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
        """What goes wrong with one must not cost the others what they are told."""
        give = self.give
        for listener in stride:
            try:
                give(listener, now)
            except Exception:
                _log.exception("listener cannot be told")


def _nothing(listener: Any, now: float) -> None:
    return


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
        """One slice; the next one comes when everybody else in the loop has had a turn."""
        until = time.monotonic() + SLICE_SECONDS
        while (lane := self._next()) and lane[0].serve(until):
            self._finish(lane.popleft())
        self._is_walking = bool(self._states or self._log)
        if self._is_walking:
            asyncio.get_running_loop().call_soon(self._walk)

    def _next(self) -> deque[Job] | None:
        if not self._log or not self._states:
            return self._log or self._states or None
        overtakes = self._urgent or self._log[0].number < self._states[0].number
        return self._log if overtakes else self._states

    def _finish(self, job: Job) -> None:
        self._urgent -= job.urgent
        if job.on_done is not None:
            job.on_done()
