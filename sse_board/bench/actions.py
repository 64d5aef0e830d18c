"""`sse-board bench actions`: signed actions over HTTP, beside pgbench that writes the same rows."""

import argparse
from dataclasses import dataclass
from itertools import count
from statistics import median

from sse_board.bench.crowd import equip, gather
from sse_board.bench.load import Job, WrongAnswer, measure
from sse_board.bench.pgbench import pgbench
from sse_board.bench.requests import Actions, Player
from sse_board.bench.rounds import spread, verdict
from sse_board.bench.stage import HOST, Stage, stage
from sse_board.settings import Settings

#: Actions a second beside pgbench's transactions: what must be, and what is wanted.
MUST, GOAL = 0.5, 1.0
#: Players who act; each of them has been seen before when the measuring begins.
PLAYERS = 2_000
#: Actions that are signed in advance for each second: more than any machine of today takes.
PREPARED_PER_SECOND = 20_000
#: The parts whose processor time is told.
PARTS = ("web", "postgres", "valkey")


@dataclass(frozen=True, slots=True)
class Pair:
    """One round: pgbench's transactions a second, our actions a second and how they went.

    Latencies in milliseconds; `cpu`: microseconds of a processor per action, by part.
    """

    pgbench: float
    rate: float
    p50: float
    p99: float
    cpu: dict[str, float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=int, default=4, help="length of each measurement (4)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, in each of which both take turns (5)")
    parser.add_argument("--clients", type=int, default=64, help="clients, each on a connection of its own (64)")
    parser.set_defaults(func=actions)


def actions(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 below what must be, or when something else was answered."""
    try:
        with stage("sse_board.bench.server") as here:
            pairs = _measure(here, args.rounds, args.seconds, args.clients)
    except WrongAnswer as error:
        print(f"sse-board: {error}")
        return 1
    print(
        f"{args.rounds} rounds of {args.seconds} s, {args.clients} clients, {PLAYERS} players, one web process\n"
    )
    return _report(pairs)


def _measure(here: Stage, rounds: int, seconds: int, clients: int) -> list[Pair]:
    gather(here.settings, PLAYERS)
    players = equip(here.settings, PLAYERS)
    numbers = count(0, seconds * PREPARED_PER_SECOND)
    measure(_job(here, players, next(numbers), seconds, clients), min(2.0, seconds))  # so that all have been seen
    return [_pair(here, _job(here, players, next(numbers), seconds, clients), seconds) for _ in range(rounds)]


def _job(here: Stage, players: list[Player], first: int, seconds: int, clients: int) -> Job:
    requests = Actions(f"{HOST}:{here.port}", players, first, seconds * PREPARED_PER_SECOND)
    return Job(HOST, here.port, requests, 200, clients)


def _pair(here: Stage, job: Job, seconds: int) -> Pair:
    rate, _ = pgbench(here.settings.database_url, "writes", job.connections, seconds, players=PLAYERS)
    before = {part: here.cpu_seconds(part) for part in PARTS}
    tally = measure(job, seconds)
    cpu = {part: (here.cpu_seconds(part) - before[part]) / tally.requests * 1e6 for part in PARTS}
    return Pair(rate, tally.requests / tally.seconds, tally.p50, tally.p99, cpu)


def _report(pairs: list[Pair]) -> int:
    found = spread([pair.rate / pair.pgbench for pair in pairs])
    for name, rates in {"pgbench": [p.pgbench for p in pairs], "actions": [p.rate for p in pairs]}.items():
        print(f"{name} a second: least, middle, most  {spread(rates):>10.0f}")
    print(f"latency: p50 {median(p.p50 for p in pairs):.1f} ms, p99 {median(p.p99 for p in pairs):.1f} ms")
    parts = ", ".join(f"{part} {median(pair.cpu[part] for pair in pairs):.0f} µs" for part in PARTS)
    print(f"processor time per action: {parts}")
    print(f"\nbeside pgbench: least, middle, most {found:10.2f}   {verdict(found, MUST, GOAL)}")
    return 0 if found.middle >= MUST else 1
