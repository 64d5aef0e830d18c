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
from sse_board.bench.stage import HOST, Stage, stage, worker
from sse_board.settings import Settings

#: Actions a second beside pgbench's transactions: what must be, and what is wanted.
MUST, GOAL = 0.5, 1.0
#: Players who act in turn: so many that none exceeds what players may do in a minute.
PLAYERS = 20_000
#: Before the measuring begins most of those who act in it have been seen: seconds.
WARM_UP_SECONDS = 8
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
    parser.add_argument("--players", type=int, default=PLAYERS, help=f"players who act in turn ({PLAYERS})")
    parser.set_defaults(func=actions)


def actions(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 below what must be, or when something else was answered."""
    try:
        with stage("sse_board.bench.server") as here, worker(here):
            players = args.players
            pairs = _measure(here, players, args.rounds, args.seconds, args.clients)
    except WrongAnswer as error:
        print(f"sse-board: {error}")
        return 1
    print(
        f"{args.rounds} rounds of {args.seconds} s, {args.clients} clients, {PLAYERS} players, one web process\n"
    )
    return _report(pairs)


def _measure(here: Stage, crowd: int, rounds: int, seconds: int, clients: int) -> list[Pair]:
    beside = here.make_database("beside")
    for database_url in (here.settings.database_url, beside):
        gather(database_url, crowd)
    players = equip(here.settings, crowd)
    numbers = count(0, seconds * PREPARED_PER_SECOND)
    warm_up = min(WARM_UP_SECONDS, 2 * seconds)
    measure(_job(here, players, -PREPARED_PER_SECOND * warm_up, warm_up, clients), warm_up)
    jobs = (_job(here, players, next(numbers), seconds, clients) for _ in range(rounds))
    return [_pair(here, (beside, crowd), job, seconds) for job in jobs]


def _job(here: Stage, players: list[Player], first: int, seconds: int, clients: int) -> Job:
    requests = Actions(f"{HOST}:{here.port}", players, first, seconds * PREPARED_PER_SECOND)
    return Job(HOST, here.port, requests, 200, clients)


def _pair(here: Stage, beside: tuple[str, int], job: Job, seconds: int) -> Pair:
    """`beside`: pgbench's own database, for it knows nothing of what must hold in ours, and the players there."""
    database_url, players = beside
    rate, _ = pgbench(database_url, "writes", job.connections, seconds, players=players)
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
