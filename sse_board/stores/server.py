"""One server of the embedded pair: a child with a directory, a log and a way to stop."""

import importlib.util
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from signal import Signals
from typing import IO

from sse_board.stores import orphans
from sse_board.stores.child import spawn

#: Seconds until a server answers; crash recovery of a big log is what takes long.
START_SECONDS = 30.0
#: Seconds between two looks whether it answers: a warm start takes 80 ms.
LOOK_SECONDS = 0.005
#: Bytes of an old log that are kept at a start.
LOG_LIMIT = 8_000_000
#: Characters of the log that an error shows.
LOG_TAIL = 800


class EmbeddedError(Exception):
    """Why the embedded servers cannot run here, in a line for the operator."""


def shipped(package: str, *parts: str) -> str:
    """The path of a program inside an installed wheel, found without importing the wheel's own code."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise EmbeddedError("the embedded servers are not installed: pip install 'sse-board[embedded]'")
    return str(Path(found.origin).parent.joinpath(*parts))


class Server(ABC):
    """Started, watched and stopped from the main thread; it dies with this process."""

    name: str
    stop_signal: Signals

    def __init__(self, data: Path) -> None:
        self.directory = data / self.name
        self.log = data / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def start(self) -> None:
        """Clear what an earlier life left, then spawn; `wait_until_ready` comes after."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it answers."""

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError(f"{self.name} did not start:\n{self._tail()}")
            time.sleep(LOOK_SECONDS)

    def stop(self, seconds: float) -> None:
        """Ask it to stop; after `seconds` kill it. What it had committed stays committed either way."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(self.stop_signal)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def clear(self, *leftovers: Path) -> None:
        if pids := orphans.clear(self.directory, self.stop_signal):
            raise EmbeddedError(f"{self.directory} is still used by the processes {pids}")
        for path in leftovers:
            path.unlink(missing_ok=True)

    def spawn(self, command: Sequence[str], wrap: Sequence[str] = ()) -> None:
        with self._open_log() as log:
            self.process = spawn(command, death=self.stop_signal, wrap=wrap, directory=self.directory, output=log)

    def _open_log(self) -> IO[bytes]:
        too_long = self.log.exists() and self.log.stat().st_size > LOG_LIMIT
        return self.log.open("wb" if too_long else "ab")

    def _tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:].rstrip()
