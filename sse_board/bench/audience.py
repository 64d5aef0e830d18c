"""Streams by the thousand, opened and read by a process of its own: it takes no time from the server."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import msgspec

from sse_board.bench.load import WrongAnswer


class Job(msgspec.Struct, frozen=True):
    """So many streams, which each send `request`. Texts are ASCII.

    A stream has begun when `ready` has come in. From then on `mark` tells the frames that count from others, such
    as heartbeats; without one none counts.
    """

    host: str
    port: int
    request: str
    ready: str
    streams: int
    mark: str = ""
    #: Streams that are opened every second, whether those before have begun or not; 0: as fast as they begin.
    per_second: float = 0.0
    #: Whether no two publications are the same bytes: then a double is noticed even if something else was lost.
    distinct: bool = False


class Latency(msgspec.Struct, frozen=True):
    """Milliseconds."""

    p50: float
    p99: float
    most: float


class Heard(msgspec.Struct, frozen=True):
    """From the publications to their arrival on every stream. `frame`: the first of them.

    `cpu`: microseconds of a processor that the audience itself took for each frame.
    """

    latency: Latency
    cpu: float
    frame: str


class Audience:
    """All streams have begun; `handshake` tells how long each took, from before it was connected."""

    def __init__(self, process: "subprocess.Popen[bytes]", job: Job) -> None:
        self._process = process
        self.handshake = msgspec.json.decode(self._ask(msgspec.json.encode(job)), type=Latency)

    def hear(self, published: Sequence[int]) -> Heard:
        """Wait until all that was published at these moments (nanoseconds, CLOCK_MONOTONIC) has come everywhere.

        Raises WrongAnswer unless every stream was sent every frame, once and in the same order.
        """
        return msgspec.json.decode(self._ask(msgspec.json.encode(published)), type=Heard)

    def _ask(self, message: bytes) -> bytes:
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answered is not None
        asked.write(message + b"\n")
        asked.flush()
        return answered.readline() or self._fail()

    def _fail(self) -> NoReturn:
        assert self._process.stderr is not None
        raise WrongAnswer(self._process.stderr.read().decode(errors="replace").strip())


@contextmanager
def audience(job: Job) -> Iterator[Audience]:
    """Open the streams, and close them again. Raises WrongAnswer."""
    command = [sys.executable, "-m", "sse_board.bench.listeners"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:  # noqa: S603 - no shell
        yield Audience(process, job)
