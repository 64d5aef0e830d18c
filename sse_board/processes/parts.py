"""What a supervisor runs: parts, each of them one process, for a moment of a roll two."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from signal import SIGTERM, Signals
from typing import Protocol

from sse_board.processes.readiness import Readiness
from sse_board.stores.child import spawn


class Process(Protocol):
    """What is asked of a `subprocess.Popen`."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...

    def send_signal(self, sig: int) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


class Part(Protocol):
    """Something that runs as one process."""

    name: str
    stop_signal: Signals

    @property
    def process(self) -> Process | None: ...

    def start(self) -> None:
        """Set `process`. Called again after it ended."""


def running(part: Part) -> bool:
    return part.process is not None and part.process.poll() is None


@dataclass(frozen=True, slots=True)
class Successor:
    """A process that takes a part over as soon as it serves."""

    process: Process
    readiness: Readiness


@dataclass(slots=True)
class Command:
    """A program of ours; SIGTERM lets it finish what it does."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] | None = None
    descriptors: Sequence[int] = ()
    stop_signal: Signals = SIGTERM
    process: Process | None = field(default=None, init=False)

    def start(self) -> None:
        self.process = self._spawn(self.arguments, self.descriptors)

    def start_successor(self) -> Successor:
        """Another process beside the present one; `--ready` tells it where to say that it serves."""
        readiness = Readiness()
        try:
            with readiness.handed_out() as descriptor:
                arguments = [*self.arguments, "--ready", str(descriptor)]
                return Successor(self._spawn(arguments, [*self.descriptors, descriptor]), readiness)
        except BaseException:
            readiness.close()
            raise

    def _spawn(self, arguments: Sequence[str], descriptors: Sequence[int]) -> "subprocess.Popen[bytes]":
        return spawn(arguments, death=SIGTERM, environment=self.environment, descriptors=descriptors)
