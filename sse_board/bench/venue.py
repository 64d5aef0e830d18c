"""What serves streams, ours or another, and how it fares when something is published to all of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sse_board.bench.audience import Job, Latency, audience
from sse_board.bench.stage import HOST
from sse_board.bench.usage import cpu_seconds, resident_bytes

#: After so long what was allocated is in use, and what else a new stream causes is over: seconds.
SETTLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Venue:
    """One process, and where its streams are; `ready`, `mark` and `distinct` as in a `Job`.

    `publish` returns when the next may be published.
    """

    pid: int
    port: int
    path: str
    ready: str
    mark: str
    publish: Callable[[], None]
    distinct: bool = False

    def job(self, streams: int, per_second: float = 0.0) -> Job:
        request = f"GET {self.path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nAccept: text/event-stream\r\n\r\n"
        return Job(HOST, self.port, request, self.ready, streams, self.mark, per_second, self.distinct)


@dataclass(frozen=True, slots=True)
class Load:
    """So many publications to so many streams, `rate` of them a second."""

    streams: int
    rate: float
    publications: int


@dataclass(frozen=True, slots=True)
class Broadcast:
    """`memory`: bytes that the process grew by for each stream. `rate`: publications a second, as they were sent.

    `cpu`: microseconds of a processor that each frame took from the process, `client_cpu` from the audience.
    """

    rate: float
    memory: float
    cpu: float
    client_cpu: float
    latency: Latency
    frame: str


def broadcast(venue: Venue, load: Load) -> Broadcast:
    """Raises WrongAnswer unless every stream was sent every frame."""
    empty = resident_bytes(venue.pid)
    with audience(venue.job(load.streams)) as crowd:
        time.sleep(SETTLE_SECONDS)
        memory = (resident_bytes(venue.pid) - empty) / load.streams
        idle = cpu_seconds(venue.pid)
        sent = publish(venue, load.rate, load.publications)
        heard = crowd.hear(sent)
        cpu = (cpu_seconds(venue.pid) - idle) / (load.streams * load.publications)
    return Broadcast(_rate(sent), memory, cpu * 1e6, heard.cpu, heard.latency, heard.frame)


def _rate(sent: Sequence[int]) -> float:
    return (len(sent) - 1) / (sent[-1] - sent[0]) * 1e9 if len(sent) > 1 else 0.0


def publish(venue: Venue, rate: float, publications: int) -> list[int]:
    """When each was sent: nanoseconds of CLOCK_MONOTONIC, which is the same in all processes."""
    began, sent = time.monotonic(), []
    for number in range(publications):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        sent.append(time.monotonic_ns())
        venue.publish()
    return sent
