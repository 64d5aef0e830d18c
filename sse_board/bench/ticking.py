"""Players who tell how their runs go, at a steady rate, and listeners: `python -m sse_board.bench.ticking`.

In a process of their own, so that they take no time from the server: a `Job` on stdin; on stdout a line when what
counts begins, and a `Tally` when it is over.
"""

import asyncio
import subprocess
import sys
from array import array
from collections.abc import Callable
from functools import partial
from itertools import cycle
from time import perf_counter
from typing import cast

import msgspec
import uvloop

from sse_board.bench.load import SILENCE_SECONDS, WrongAnswer
from sse_board.bench.rounds import part

#: Ticks are sent before those that count, for as long as those at the most: then connections stand, and Redis
#: knows every run. Seconds.
WARM_UP_SECONDS = 2.0
#: Between two looks at who is due: seconds.
LOOK_SECONDS = 0.002
FRAME = b"event: progress.update"


class Run(msgspec.Struct, frozen=True):
    id: str
    token: str


class Job(msgspec.Struct, frozen=True):
    """`listeners` streams, each of another run of these."""

    host: str
    port: int
    runs: list[Run]
    per_second: float
    seconds: float
    listeners: int


class Tally(msgspec.Struct, frozen=True):
    """What was answered 202 within `seconds`; latencies in milliseconds; frames that listeners were sent."""

    ticks: int
    seconds: float
    p50: float
    p99: float
    frames: int


class Told:
    """What all connections share."""

    def __init__(self) -> None:
        self.latencies = array("d")
        self.frames = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(self, reason: str) -> None:
        if not self.over.done():
            self.over.set_exception(WrongAnswer(reason))

    def forget(self) -> None:
        del self.latencies[:]
        self.frames = 0


class Player(asyncio.Protocol):
    """Tells of one run over a connection that stays open; every tick must be taken."""

    def __init__(self, job: Job, run: Run, told: Told) -> None:
        self._told = told
        self._asked_at = 0.0
        self._bodies = cycle(f'{{"currentWpm":{wpm},"progress":{wpm}}}' for wpm in range(40, 90))
        self._head = (
            f"POST /api/v1/sessions/{run.id}/progress HTTP/1.1\r\nHost: {job.host}:{job.port}\r\n"
            f"Content-Type: application/json\r\nAuthorization: Bearer {run.token}\r\nContent-Length: "
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def tell(self) -> None:
        """Not before the last was answered: what is left out then is missing in the rate."""
        if self._asked_at:
            return
        body = next(self._bodies)
        self._asked_at = perf_counter()
        self._transport.write(f"{self._head}{len(body)}\r\n\r\n{body}".encode("ascii"))

    def data_received(self, data: bytes) -> None:
        """An answer is small and comes in one piece."""
        if not data.startswith(b"HTTP/1.1 202 "):
            self._told.fail(f"an answer was {data[:200]!r}")
        self._told.latencies.append(perf_counter() - self._asked_at)
        self._asked_at = 0.0

    def connection_lost(self, error: Exception | None) -> None:
        self._told.fail("a connection was closed")


class Listener(asyncio.Protocol):
    """Counts what it is told; a mark that two pieces share is missed, which is rare."""

    def __init__(self, job: Job, run: Run, told: Told) -> None:
        self._told = told
        self._request = (
            f"GET /api/v1/stream?channels=session:{run.id}:live HTTP/1.1\r\n"
            f"Host: {job.host}:{job.port}\r\nAccept: text/event-stream\r\n\r\n"
        ).encode("ascii")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        self._told.frames += data.count(FRAME)


def play(job: Job, begun: Callable[[], None]) -> Tally:
    """Run the job in a process of its own; `begun` is called when what counts begins. Raises WrongAnswer."""
    command = [sys.executable, "-m", "sse_board.bench.ticking"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:  # noqa: S603 - our own program
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(job) + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        begun()
        out, wrong = process.communicate(timeout=job.seconds + 3 * SILENCE_SECONDS)
    if process.returncode:
        raise WrongAnswer(wrong.decode(errors="replace").strip())
    return msgspec.json.decode(out, type=Tally)


async def run(job: Job) -> Tally:
    told, loop = Told(), asyncio.get_running_loop()
    players = [Player(job, run, told) for run in job.runs]
    async with asyncio.timeout(SILENCE_SECONDS):
        for player in players:
            await loop.create_connection(partial(_same, player), job.host, job.port)
    await _tell(players, job.per_second, min(WARM_UP_SECONDS, job.seconds), told)
    for listened in job.runs[: job.listeners]:
        await loop.create_connection(partial(Listener, job, listened, told), job.host, job.port)
    told.forget()
    print("begin", flush=True)
    began = perf_counter()
    await _tell(players, job.per_second, job.seconds, told)
    seconds, latencies = perf_counter() - began, sorted(told.latencies)
    if not latencies:
        told.fail("nothing was answered")
    if told.over.done():
        told.over.result()
    told.over.cancel()  # what is closed from now on is no failure
    return Tally(len(latencies), seconds, part(latencies, 0.5) * 1000, part(latencies, 0.99) * 1000, told.frames)


def _same(player: Player) -> Player:
    return player


async def _tell(players: list[Player], per_second: float, seconds: float, told: Told) -> None:
    """Everybody in turn, evenly over each period."""
    began, sent, rate = perf_counter(), 0, len(players) * per_second
    while (passed := perf_counter() - began) < seconds and not told.over.done():
        while sent < min(passed, seconds) * rate:
            players[sent % len(players)].tell()
            sent += 1
        await asyncio.sleep(LOOK_SECONDS)


def main() -> None:
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    try:
        tally = uvloop.run(run(job))
    except (WrongAnswer, OSError) as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(msgspec.json.encode(tally))


if __name__ == "__main__":
    main()
