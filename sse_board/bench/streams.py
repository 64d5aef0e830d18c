"""`sse-board bench streams`: how many streams one process serves, and what they cost while nothing happens."""

import argparse
import json
import time
import urllib.request
from dataclasses import dataclass

from sse_board.bench.audience import audience
from sse_board.bench.figures import KB, judge
from sse_board.bench.ours import Board
from sse_board.bench.rounds import spread, verdict
from sse_board.bench.stage import Stage, perform
from sse_board.bench.usage import cpu_seconds, resident_bytes
from sse_board.bench.venue import SETTLE_SECONDS, Venue, publish
from sse_board.bench.watched import PATH
from sse_board.settings import Settings

#: Streams that are sent every frame: what must be, and what is wanted.
MUST, GOAL = 10_000, 20_000
#: KB of memory for each of them, and per cent of a processor for all of them, heartbeats included.
MUST_KB, GOAL_KB = 5.0, 2.0
MUST_PERCENT, GOAL_PERCENT = 2.0, 1.0
#: Milliseconds that the event loop may be busy in one piece, so that nobody else waits longer.
MUST_MS = 10.0


@dataclass(frozen=True, slots=True)
class Idle:
    kilobytes: float
    percent: float


@dataclass(frozen=True, slots=True)
class Turns:
    """Milliseconds of the event loop's longest turn while streams come, and while they are told."""

    opening: float
    telling: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--streams", type=int, default=MUST, help=f"streams of one channel ({MUST})")
    parser.add_argument("--seconds", type=float, default=45.0, help="how long nothing happens (45)")
    parser.add_argument("--frames", type=int, default=5, help="frames that are sent to all then, one a second (5)")
    parser.set_defaults(func=streams)


def streams(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 when something misses what must be, or when a frame was lost."""
    return perform(lambda here: _streams(here, args.streams, args.seconds, args.frames), "sse_board.bench.watched")


def _streams(here: Stage, count: int, seconds: float, frames: int) -> int:
    with Board(here).venue(frames) as venue:
        empty = resident_bytes(venue.pid)
        _toggle_watch(here)
        with audience(venue.job(count)) as crowd:
            opening = _toggle_watch(here)
            idle = _idle(venue, empty, count, seconds)
            _toggle_watch(here)
            latency = crowd.hear(publish(venue, 1.0, frames)).latency
            turns = Turns(opening, _toggle_watch(here))
    print(f"{count} streams of one process, idle for {seconds:g} s", end="")
    print(f"; then {frames} frames to all, p99 {latency.p99:.1f} ms\n")
    return _report(count, idle, turns)


def _toggle_watch(here: Stage) -> float:
    """Begin to watch the event loop, or end it: then milliseconds of the longest turn."""
    with urllib.request.urlopen(here.url + PATH) as answer:  # noqa: S310 - our own server
        return float(json.load(answer)["milliseconds"])


def _idle(venue: Venue, empty: int, count: int, seconds: float) -> Idle:
    time.sleep(SETTLE_SECONDS)
    memory, before = resident_bytes(venue.pid) - empty, cpu_seconds(venue.pid)
    time.sleep(seconds)
    return Idle(memory / count / KB, (cpu_seconds(venue.pid) - before) / seconds * 100)


def _report(count: int, idle: Idle, turns: Turns) -> int:
    served = spread([count])
    print(f"streams that were sent every frame: {count}   {verdict(served, MUST, GOAL)}")
    reached = [
        judge("KB of memory for a stream", spread([idle.kilobytes]), MUST_KB, GOAL_KB),
        judge("per cent of a processor, idle", spread([idle.percent]), MUST_PERCENT, GOAL_PERCENT),
        judge("ms of the longest turn, telling", spread([turns.telling]), MUST_MS),
        count >= MUST,
    ]
    print(f"ms of the longest turn while the streams came: {turns.opening:.1f}")
    return 0 if all(reached) else 1
