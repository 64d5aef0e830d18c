"""`sse-board bench handshake`: from the request for a stream to its first event, while many come."""

import argparse

from sse_board.bench.audience import Latency, audience
from sse_board.bench.figures import judge
from sse_board.bench.ours import STREAM
from sse_board.bench.rounds import spread
from sse_board.bench.stage import Stage, perform
from sse_board.bench.venue import Venue
from sse_board.settings import Settings

#: Milliseconds in which 99 of 100 must have their first event.
MUST_MS = 100.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rate", type=float, default=300.0, help="new streams a second (300)")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each round (10)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.set_defaults(func=handshake)


def handshake(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when a stream did not begin."""
    return perform(lambda here: _handshake(here, args.rate, args.seconds, args.rounds))


def _handshake(here: Stage, rate: float, seconds: float, rounds: int) -> int:
    streams = round(rate * seconds)
    print(f"{rounds} rounds of {streams} new streams, {rate:g} a second, one process\n")
    taken = [_round(here, streams, rate) for _ in range(rounds)]
    print(f"{'':40}     least    middle      most")
    print(f"{'ms to the first event, p50':40}{spread([one.p50 for one in taken]):10.2f}")
    print(f"{'… at the most':40}{spread([one.most for one in taken]):10.2f}")
    return 0 if judge("… p99", spread([one.p99 for one in taken]), MUST_MS) else 1


def _round(here: Stage, streams: int, rate: float) -> Latency:
    """All stay until the last has begun."""
    venue = Venue(here.pids["web"], here.port, STREAM, "event: connected", "", lambda: None)
    with audience(venue.job(streams, rate)) as crowd:
        return crowd.handshake
