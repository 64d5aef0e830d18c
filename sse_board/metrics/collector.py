"""Turns what the rooms counted into metric families, each time that somebody asks and at no other."""

import asyncio
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from sse_board.live.counts import Counts as LiveCounts
from sse_board.live.counts import Transport, Way
from sse_board.metrics.families import Labels, counter, gauge, histogram
from sse_board.metrics.memory import Memory
from sse_board.scores.counts import Counts as ScoreCounts
from sse_board.tally import Tally
from sse_board.web.requestcounts import RequestCounts

#: What stays open until somebody ends it.
LASTING: tuple[Transport, ...] = ("sse", "websocket")

#: A state that changed, or something that happened.
KIND = ("kind",)


@dataclass(frozen=True, slots=True)
class Counted:
    """Where the numbers are. `board_reads` by store, `position` of the event log, `index` of this web process."""

    live: LiveCounts
    requests: RequestCounts
    scores: ScoreCounts
    board_reads: Mapping[str, Tally]
    position: Callable[[], int]
    build: str
    index: int
    memory: Memory = field(default_factory=Memory)


class ProcessMetrics(Collector):
    """`stores`: which of them answered when they were last asked."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted
        self._version = version("sse-board")
        self.stores: Mapping[str, bool] = {}

    def collect(self) -> Iterable[Metric]:
        yield from self._about()
        yield from self._connections()
        yield from self._written()
        yield from self._latencies()
        yield from self._actions()
        yield from self._requests()
        yield from self._memory()

    def _about(self) -> Iterator[Metric]:
        counted, process = self._counted, (str(self._counted.index), str(os.getpid()))
        build = (self._version, counted.build, platform.python_version())
        yield gauge("sse_board_build_info", "What runs here; always 1", ("version", "build", "python"), {build: 1})
        yield gauge(
            "sse_board_process_info", "Which web process this is; always 1", ("index", "pid"), {process: 1}
        )
        up: dict[Labels, float] = {(name,): answers for name, answers in self.stores.items()}
        yield gauge("sse_board_store_up", "Whether the store answered just now", ("store",), up)
        place: dict[Labels, float] = {(): counted.position()}
        yield gauge("sse_board_event_log_position", "Place in the event log that was read and told", (), place)

    def _connections(self) -> Iterator[Metric]:
        ways, labels = self._counted.live.ways, ("transport",)
        now, opened = _each(ways, lambda way: way.live), _each(ways, lambda way: way.opened)
        yield gauge("sse_board_connections", "Streams, sockets and waiting polls that are open", labels, now)
        yield counter("sse_board_connects", "Streams, sockets and waiting polls that were opened", labels, opened)
        lasting = {name: ways[name] for name in LASTING}
        resumed, full = _each(lasting, lambda way: way.resumed), _each(lasting, lambda way: way.full)
        yield counter("sse_board_reconnects", "Those of them that came back with a cursor", labels, resumed)
        yield counter("sse_board_connections_refused", "Those that found no room and were sent away", labels, full)
        ended = _ended(lasting)
        yield counter("sse_board_drops", "Streams and sockets that ended, and why", ("transport", "reason"), ended)

    def _written(self) -> Iterator[Metric]:
        ways, labels = self._counted.live.ways, ("transport",)
        frames, octets = _each(ways, lambda way: way.frames), _each(ways, lambda way: way.octets)
        yield counter(
            "sse_board_frames", "Frames handed to sockets, or put into the answer to a poll", labels, frames
        )
        yield counter("sse_board_frame_bytes", "Bytes of those frames", labels, octets)

    def _latencies(self) -> Iterator[Metric]:
        live = self._counted.live
        told: dict[Labels, Tally] = {("state",): live.states.seconds, ("log",): live.logs.seconds}
        reads: dict[Labels, Tally] = {(store,): tally for store, tally in self._counted.board_reads.items()}
        late: dict[Labels, Tally] = {(): live.lateness}
        tasks: dict[Labels, float] = {(): len(asyncio.all_tasks())}
        yield histogram(
            "sse_board_delivery_seconds", "From the hint of a change to its frame at the sockets", KIND, told
        )
        yield histogram("sse_board_board_read_seconds", "Reading one window of a board", ("store",), reads)
        yield histogram("sse_board_event_loop_lag_seconds", "How late a timer of the event loop is", (), late)
        yield gauge("sse_board_event_loop_tasks", "Tasks of the event loop, this scrape's included", (), tasks)

    def _actions(self) -> Iterator[Metric]:
        scores = self._counted.scores
        outcomes: dict[Labels, float] = {(name,): times for name, times in scores.outcomes.items()}
        sizes, commits, folds = scores.batch_sizes, scores.commit_seconds, scores.fold_seconds
        yield counter("sse_board_actions", "Actions answered, and how", ("outcome",), outcomes)
        yield histogram("sse_board_batch_actions", "Actions decided in one transaction", (), {(): sizes})
        yield histogram(
            "sse_board_commit_seconds", "One such transaction, from BEGIN to COMMIT", (), {(): commits}
        )
        yield histogram("sse_board_fold_seconds", "Bringing what it changed into Redis", (), {(): folds})

    def _requests(self) -> Iterator[Metric]:
        requests = self._counted.requests
        labels, seconds = ("route", "method", "status"), requests.seconds
        yield histogram(
            "sse_board_http_request_seconds", "From a request to the head of its answer", labels, seconds
        )
        codes = requests.errors + self._counted.live.refused
        errors: dict[Labels, float] = {(code,): times for code, times in codes.items()}
        yield counter("sse_board_errors", "Requests and handshakes answered with an error", ("code",), errors)

    def _memory(self) -> Iterator[Metric]:
        memory, ways = self._counted.memory, self._counted.live.ways
        before: dict[Labels, float] = {(): memory.baseline}
        each = memory.per_stream(sum(ways[name].live for name in LASTING))
        known: dict[Labels, float] = {} if each is None else {(): each}
        yield gauge("sse_board_baseline_memory_bytes", "Resident memory when serving began", (), before)
        yield gauge("sse_board_memory_per_stream_bytes", "What came to that since, for each stream", (), known)


def _ended(ways: Mapping[Transport, Way]) -> dict[Labels, float]:
    return {(name, reason): times for name, way in ways.items() for reason, times in way.ended.items()}


def _each(ways: Mapping[Transport, Way], number: Callable[[Way], float]) -> dict[Labels, float]:
    return {(name,): number(way) for name, way in ways.items()}
