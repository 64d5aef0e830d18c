"""Clients that ask again and again, each on a connection of its own: `python -m sse_board.bench.load`.

In a process of their own, so that they take no time from the server: a `Job` on stdin, a `Tally` on stdout.
"""

import asyncio
import re
import subprocess
import sys
from array import array
from time import perf_counter
from typing import cast

import msgspec
import uvloop

from sse_board.bench.requests import Requests
from sse_board.bench.rounds import part

#: A server that says nothing for so long has failed: seconds.
SILENCE_SECONDS = 10.0

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Job(msgspec.Struct, frozen=True):
    """Every answer must have this `status`."""

    host: str
    port: int
    requests: Requests
    status: int
    connections: int
    seconds: float = 0.0


class Tally(msgspec.Struct, frozen=True):
    """Answers within `seconds`; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float


class WrongAnswer(Exception):
    """Something else came back than what is measured."""


def measure(job: Job, seconds: float) -> Tally:
    """Run the job for so long in a process of its own. Raises WrongAnswer."""
    ended = subprocess.run(
        [sys.executable, "-m", "sse_board.bench.load"],
        input=msgspec.json.encode(msgspec.structs.replace(job, seconds=seconds)),
        capture_output=True,
        timeout=seconds + 3 * SILENCE_SECONDS,
        check=False,
    )
    if ended.returncode:
        raise WrongAnswer(ended.stderr.decode(errors="replace").strip())
    return msgspec.json.decode(ended.stdout, type=Tally)


class Run:
    """One job under way: what all its connections share."""

    def __init__(self, job: Job) -> None:
        self._requests = job.requests.prepare()
        self.status_line = b"HTTP/1.1 %d " % job.status
        self.has_body = job.status == 200
        self.latencies = array("d")
        self.over = asyncio.get_running_loop().create_future()

    def next_request(self) -> bytes:
        """Empty when all are sent, which fails the run."""
        request = next(self._requests, b"")
        if not request:
            self.fail("the server was faster than the load was prepared for")
        return request

    def fail(self, reason: str) -> None:
        if not self.over.done():
            self.over.set_exception(WrongAnswer(reason))


class Client(asyncio.Protocol):
    """Asks, checks the answer, asks again."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._received = b""
        self._asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class
        self._ask()

    def _ask(self) -> None:
        self._asked_at = perf_counter()
        self._transport.write(self._run.next_request())

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        if not self._is_whole(received):
            self._received = received
            return
        self._received = b""
        if not received.startswith(self._run.status_line):
            self._run.fail(f"an answer was {received[:200]!r}")
        self._run.latencies.append(perf_counter() - self._asked_at)
        self._ask()

    def _is_whole(self, received: bytes) -> bool:
        end = received.find(b"\r\n\r\n")
        if end < 0 or not self._run.has_body:
            return end >= 0
        length = _LENGTH.search(received, 0, end + 2)
        return length is not None and len(received) >= end + 4 + int(length[1])

    def connection_lost(self, error: Exception | None) -> None:
        self._run.fail("a connection was closed")


async def run(job: Job) -> Tally:
    """All connections ask from the moment they stand; only what comes after the last stands is counted."""
    load = Run(job)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(SILENCE_SECONDS):
        for _ in range(job.connections):
            await loop.create_connection(lambda: Client(load), job.host, job.port)
    del load.latencies[:]
    began = perf_counter()
    await asyncio.wait({load.over}, timeout=job.seconds)
    seconds, latencies = perf_counter() - began, sorted(load.latencies)
    if not latencies:
        load.fail("nothing was answered")
    if load.over.done():
        load.over.result()
    load.over.cancel()  # what is closed from now on is no failure
    return Tally(len(latencies), seconds, part(latencies, 0.5) * 1000, part(latencies, 0.99) * 1000)


def main() -> None:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    try:
        tally = uvloop.run(run(job))
    except (WrongAnswer, OSError) as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(msgspec.json.encode(tally))


if __name__ == "__main__":
    main()
