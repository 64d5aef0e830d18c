import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sse_board import ROOT
from tests.support.processes import alive, command_line, descendants, eventually
from tests.support.servers import clean_environment, free_port, is_ready

DRAIN_SECONDS = 4
#: Long enough on a busy machine; an idle one takes two seconds.
START_SECONDS = 40
#: What `up` runs, by a piece of its command line.
PARTS = ("bin/postgres -D", "valkey-server", "sse_board.processes.web", "sse_board worker")


class Up:
    def __init__(self, data: Path, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = data.with_suffix(".log")
        arguments = ["up", "--data", str(data), "--port", str(port)]
        environment = {**clean_environment(), "DRAIN_SECONDS": str(DRAIN_SECONDS)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sse_board", *arguments],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def parts(self) -> dict[str, int]:
        """The process of each part that runs."""
        below = [(pid, command_line(pid)) for pid in descendants(self.process.pid) if alive(pid)]
        return {part: pid for part in PARTS for pid, line in below if part in line}

    def ready(self) -> bool:
        return len(self.parts()) == len(PARTS) and is_ready(self.url)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "data"


@contextlib.contextmanager
def running(data: Path, port: int) -> Iterator[Up]:
    program = Up(data, port)
    try:
        eventually(program.ready, START_SECONDS)
        yield program
    finally:
        program.process.kill()
        program.process.wait()


@pytest.fixture(scope="module")
def up(data: Path) -> Iterator[Up]:
    """One for all tests, as a start is dear; the last of them kills it."""
    with running(data, free_port()) as program:
        yield program


def test_a_data_folder_that_is_taken_is_one_line(up: Up, data: Path) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "sse_board", "up", "--data", str(data), "--port", "0"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.decode() == f"sse-board: the data folder {data} is in use by another sse-board\n"


def test_every_part_that_dies_is_started_again(up: Up) -> None:
    before = up.parts()
    for pid in before.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: up.ready() and not set(before.values()) & set(up.parts().values()), START_SECONDS)


def test_after_a_kill_nothing_is_left_and_the_next_start_is_clean(up: Up, data: Path) -> None:
    orphans = descendants(up.process.pid)
    up.process.kill()
    up.process.wait()
    with running(data, up.port) as successor:
        eventually(lambda: not any(map(alive, orphans)))
        stops_within_the_drain_time(successor)


def stops_within_the_drain_time(up: Up) -> None:
    below = descendants(up.process.pid)
    asked = time.monotonic()
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(DRAIN_SECONDS + 5) == 0
    assert time.monotonic() - asked < DRAIN_SECONDS + 0.5
    assert not any(map(alive, below))
