"""Keeps programs running: whichever dies is started again, and all of them stop together, in time."""

import time
from collections.abc import Iterable, Sequence

import structlog

from sse_board.processes.parts import Part, Process, running
from sse_board.processes.roll import Roll, Rollable
from sse_board.processes.wakeup import Wakeup

#: Seconds before the first restart of a part; doubled for each that follows at once …
FIRST_DELAY = 0.1
#: … up to this many: a database that is away for minutes is tried often enough.
LONGEST_DELAY = 10.0
#: Seconds after which a part counts as having started well.
SETTLED_SECONDS = 20.0
#: Requests to stop after which nothing is waited for.
IMPATIENT = 2

_log = structlog.get_logger(__name__)


class _Watched:
    """One part and when to start it (again)."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._started = time.monotonic()
        self._delay = FIRST_DELAY
        self._due: float | None = None if running(part) else self._started

    def tend(self) -> float | None:
        """Start the part if it is due; the seconds until it will be, None while it runs."""
        now = time.monotonic()
        if running(self.part):
            self._due = None  # a successor may have come before the restart
        elif self._due is None:
            self._due = now + self._after_death(now)
        if self._due is not None and self._due <= now:
            self._start(now)
        return self._due and max(0.0, self._due - now)

    def _after_death(self, now: float) -> float:
        settled = now - self._started > SETTLED_SECONDS
        delay = FIRST_DELAY if settled else self._delay
        self._delay = min(delay * 2, LONGEST_DELAY)
        status = self.part.process and self.part.process.returncode
        _log.warning("part.died", part=self.part.name, status=status, restart_in=delay)
        return delay

    def _start(self, now: float) -> None:
        self._started, self._due = now, None
        try:
            self.part.start()
        except Exception:  # whatever it is, the other parts must go on being watched
            _log.exception("part.start_failed", part=self.part.name)


class Supervisor:
    """Runs groups of parts until SIGTERM or SIGINT, in the main thread; SIGHUP rolls those of `rolling`.

    Groups start in order and stop in reverse, each group when the one that needs it is gone. All is over
    after `drain_seconds`: `reserve` of them are kept for each group below, the rest is killed. A second
    signal kills at once. Without `rolling` a SIGHUP is the end, as it is for most programs.
    """

    def __init__(
        self,
        groups: Sequence[Sequence[Part]],
        drain_seconds: float,
        reserve: float = 0.0,
        rolling: Sequence[Rollable] = (),
    ) -> None:
        self._groups = groups
        self._drain_seconds = drain_seconds
        self._reserve = reserve
        self._roll = Roll(rolling, drain_seconds)
        self._hangup = self._roll.ask if rolling else None

    def run(self) -> None:
        watched = [_Watched(part) for group in self._groups for part in group]
        with Wakeup(self._hangup) as wakeup:
            try:
                while not wakeup.stops:
                    delays = [*[one.tend() for one in watched], self._roll.advance()]
                    soonest = min((delay for delay in delays if delay is not None), default=None)
                    wakeup.wait(soonest, self._roll.awaited)
            finally:
                self._stop(wakeup)

    def _stop(self, wakeup: Wakeup) -> None:
        deadline = time.monotonic() + self._drain_seconds
        ending = self._roll.stop()
        for below in reversed(range(len(self._groups))):
            ending += _tell(self._groups[below])
            _await(ending, deadline - below * self._reserve, wakeup)
            ending = []


def _tell(group: Iterable[Part]) -> list[Process]:
    """The processes of a group, told to end."""
    ending = []
    for part in group:
        if part.process is not None:
            part.process.send_signal(part.stop_signal)
            ending.append(part.process)
    return ending


def _await(ending: Iterable[Process], deadline: float, wakeup: Wakeup) -> None:
    """Until they have ended; those that have not in time are killed."""
    left = [process for process in ending if process.poll() is None]
    while left and wakeup.stops < IMPATIENT and (seconds := deadline - time.monotonic()) > 0:
        wakeup.wait(seconds)
        left = [process for process in left if process.poll() is None]
    for process in left:
        process.kill()
        process.wait()
