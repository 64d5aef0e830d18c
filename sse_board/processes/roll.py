"""New processes for parts that go on serving meanwhile: one part after the other, its successor first (D30)."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Protocol, TypeVar

import structlog

from sse_board.processes.parts import Part, Process, Successor
from sse_board.processes.readiness import Readiness

#: A successor that does not serve within this is taken for one that never will: seconds. Two are usual, a busy
#: machine takes ten.
READY_SECONDS = 30.0

_log = structlog.get_logger(__name__)

T = TypeVar("T")
#: Yields the moment until which it waits, and goes on whenever it is asked to.
Steps = Generator[float, None, T]


class Rollable(Part, Protocol):
    """A part that can have a second process on the same descriptors; SIGTERM lets its processes drain."""

    process: Process | None

    def start_successor(self) -> Successor: ...


class Roll:
    """Replaces all processes whenever that is asked for.

    It waits for nothing by itself: whoever owns it calls `advance` when a child has ended, when `awaited` is
    readable, and when the time is over that `advance` has told.
    """

    def __init__(
        self, parts: Sequence[Rollable], drain_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._parts = parts
        self._drain_seconds = drain_seconds
        self._clock = clock
        self._asked = False
        self._steps = self._rolls()
        self._successor: Successor | None = None
        self._leaving: Process | None = None

    def ask(self) -> None:
        """Roll, or, however often this is called in the middle of a roll, once more when that is over."""
        self._asked = True

    def advance(self) -> float | None:
        """Do what can be done by now; the seconds that are left for what is waited for, None without such."""
        deadline = next(self._steps)
        return None if deadline is None else max(0.0, deadline - self._clock())

    @property
    def awaited(self) -> list[Readiness]:
        return [self._successor.readiness] if self._successor else []

    def stop(self) -> list[Process]:
        """Roll no further; what runs beside the parts' own processes, told to end."""
        if self._successor is not None:
            self._leaving = self._successor.process
            self._leaving.terminate()
            self._successor.readiness.close()
        return [self._leaving] if self._leaving else []

    def _rolls(self) -> Iterator[float | None]:
        while True:
            while not self._asked:
                yield None
            self._asked = False
            yield from self._roll()

    def _roll(self) -> Steps[None]:
        _log.info("roll.began", parts=len(self._parts))
        for part in self._parts:
            if not (yield from self._replace(part)):
                return
        _log.info("roll.ended", parts=len(self._parts))

    def _replace(self, part: Rollable) -> Steps[bool]:
        """Whether a successor took over; where it did not, all is as before."""
        successor = _started_successor(part)
        if successor is None:
            return False
        ready = yield from self._until_ready(successor)
        if ready:
            yield from self._hand_over(part, successor.process)
            return True
        reason = "the successor ended" if ready is False else f"not ready within {READY_SECONDS:g} s"
        _log.error("roll.failed", part=part.name, pid=successor.process.pid, reason=reason)
        yield from self._see_off(part, successor.process)
        return False

    def _until_ready(self, successor: Successor) -> Steps[bool | None]:
        self._successor = successor
        ready = yield from self._answer(successor.readiness.answer, READY_SECONDS)
        self._successor = None
        successor.readiness.close()
        return ready

    def _hand_over(self, part: Rollable, process: Process) -> Steps[None]:
        old, part.process = part.process, process
        _log.info("roll.replaced", part=part.name, pid=process.pid)
        if old is not None:
            yield from self._see_off(part, old)

    def _see_off(self, part: Rollable, process: Process) -> Steps[None]:
        """Let it drain, and kill it when the time for that is over."""
        self._leaving = process
        process.terminate()
        status = yield from self._answer(process.poll, self._drain_seconds)
        if status is None:
            _log.warning("roll.killed", part=part.name, pid=process.pid, after=self._drain_seconds)
            process.kill()
            process.wait()
        self._leaving = None

    def _answer(self, ask: Callable[[], T | None], seconds: float) -> Steps[T | None]:
        """Ask until there is an answer; None when there is none in time."""
        deadline = self._clock() + seconds
        while (answer := ask()) is None and self._clock() < deadline:
            yield deadline
        return answer


def _started_successor(part: Rollable) -> Successor | None:
    try:
        return part.start_successor()
    except Exception:  # whatever it is, the parts must go on being watched
        _log.exception("roll.failed", part=part.name, reason="no successor can be started")
        return None
