"""Keeps programs running: whichever dies is started again, and all of them stop together, in time."""

import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from signal import SIGTERM, Signals
from typing import Protocol

import structlog

from sse_board.processes.wakeup import Wakeup
from sse_board.stores.child import spawn

#: Seconds before the first restart of a part; doubled for each that follows at once …
FIRST_DELAY = 0.1
#: … up to this many: a database that is away for minutes is tried often enough.
LONGEST_DELAY = 10.0
#: Seconds after which a part counts as having started well.
SETTLED_SECONDS = 20.0
#: Requests to stop after which nothing is waited for.
IMPATIENT = 2

_log = structlog.get_logger(__name__)


class Part(Protocol):
    """Something that runs as one process."""

    name: str
    stop_signal: Signals
    process: subprocess.Popen[bytes] | None

    def start(self) -> None:
        """Set `process`. Called again after it ended."""


@dataclass(slots=True)
class Command:
    """A program of ours; SIGTERM lets it finish what it does."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] | None = None
    descriptors: Sequence[int] = ()
    stop_signal: Signals = SIGTERM
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        self.process = spawn(
            self.arguments, death=SIGTERM, environment=self.environment, descriptors=self.descriptors
        )


def _running(part: Part) -> bool:
    return part.process is not None and part.process.poll() is None


class _Watched:
    """One part and when to start it (again)."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._started = time.monotonic()
        self._delay = FIRST_DELAY
        self._due: float | None = None if _running(part) else self._started

    def tend(self) -> float | None:
        """Start the part if it is due; the seconds until it will be, None while it runs."""
        now = time.monotonic()
        if self._due is None and not _running(self.part):
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
    """Runs groups of parts until SIGTERM or SIGINT, in the main thread.

    Groups start in order and stop in reverse, each group when the one that needs it is gone. All is over
    after `drain_seconds`: `reserve` of them are kept for each group below, the rest is killed. A second
    signal kills at once.
    """

    def __init__(self, groups: Sequence[Sequence[Part]], drain_seconds: float, reserve: float = 0.0) -> None:
        self._groups = groups
        self._drain_seconds = drain_seconds
        self._reserve = reserve

    def run(self) -> None:
        watched = [_Watched(part) for group in self._groups for part in group]
        with Wakeup() as wakeup:
            try:
                while not wakeup.stops:
                    delays = [one.tend() for one in watched]
                    wakeup.wait(min((delay for delay in delays if delay is not None), default=None))
            finally:
                self._stop(wakeup)

    def _stop(self, wakeup: Wakeup) -> None:
        deadline = time.monotonic() + self._drain_seconds
        for below in reversed(range(len(self._groups))):
            _end(self._groups[below], deadline - below * self._reserve, wakeup)


def _end(group: Iterable[Part], deadline: float, wakeup: Wakeup) -> None:
    running = [part.process for part in group if part.process is not None and _running(part)]
    for part in group:
        if part.process is not None:
            part.process.send_signal(part.stop_signal)
    while running and wakeup.stops < IMPATIENT and (left := deadline - time.monotonic()) > 0:
        wakeup.wait(left)
        running = [process for process in running if process.poll() is None]
    for process in running:
        process.kill()
        process.wait()
