"""`sse-board bench runs`: runs that tell how they go, some are listened to, and none of it reaches PostgreSQL."""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from sse_board.bench.crowd import equip, gather
from sse_board.bench.figures import judge
from sse_board.bench.rounds import spread, verdict
from sse_board.bench.stage import HOST, Stage, perform
from sse_board.bench.ticking import Job, Run, Tally, play
from sse_board.settings import Settings
from sse_board.stores.queries import Queries

#: Shares of a core that the web process may take.
MUST_CORES = 1.0
#: The share of the rate below which the ticks were not taken as fast as was asked for.
ENOUGH = 0.9
#: Runs of one player that may be open.
EACH = 4
#: Statistics of PostgreSQL are told up to so much later: seconds.
STATISTICS_SECONDS = 1.5
PARTS = ("web", "valkey", "postgres")

_queries = Queries("bench")


@dataclass(frozen=True, slots=True)
class Taken:
    """A round: shares of a core by part, and what PostgreSQL wrote (bytes of journal, rows) in it."""

    tally: Tally
    cores: Mapping[str, float]
    journal: int
    rows: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=1_000, help="live runs (1000)")
    parser.add_argument("--rate", type=float, default=2.0, help="ticks a second of each (2)")
    parser.add_argument("--listeners", type=int, default=100, help="streams, each of one of the runs (100)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each round (5)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.set_defaults(func=runs)


def runs(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when a tick was refused, or too many had to wait for the one before."""
    return perform(lambda here: _runs(here, args))


def _runs(here: Stage, args: argparse.Namespace) -> int:
    print(
        f"{args.rounds} rounds of {args.seconds:g} s: {args.runs} live runs at {args.rate:g} ticks a second, ",
        end="",
    )
    print(f"{args.listeners} of them listened to, one web process\n")
    job = Job(HOST, here.port, _start(here, args.runs), args.rate, args.seconds, min(args.listeners, args.runs))
    taken = [_round(here, job) for _ in range(args.rounds)]
    print(f"{'':40}     least    middle      most")
    for what, figures in _figures(taken).items():
        print(f"{what:40}{spread(figures):10.2f}")
    wanted = args.runs * args.rate
    shares = spread([one.tally.ticks / one.tally.seconds / wanted for one in taken])
    print(f"{'share of the ticks that were taken':40}{shares:10.2f}   {verdict(shares, ENOUGH)}")
    is_cheap = judge("cores: web", spread([one.cores["web"] for one in taken]), MUST_CORES)
    return 0 if is_cheap and shares.middle >= ENOUGH else 1


def _figures(taken: list[Taken]) -> dict[str, list[float]]:
    return {
        "ticks a second": [one.tally.ticks / one.tally.seconds for one in taken],
        "frames a second to listeners": [one.tally.frames / one.tally.seconds for one in taken],
        "ms to the 202, p50": [one.tally.p50 for one in taken],
        "… p99": [one.tally.p99 for one in taken],
        "rows written, but of connections": [one.rows for one in taken],
        "bytes of the journal, with those": [one.journal for one in taken],
        "cores: postgres": [one.cores["postgres"] for one in taken],
        "cores: valkey": [one.cores["valkey"] for one in taken],
    }


def _start(here: Stage, count: int) -> list[Run]:
    """Runs that Redis does not know yet: it learns of each with its first tick."""
    players = -(-count // EACH)
    gather(here.settings.database_url, players)
    with psycopg.connect(here.settings.database_url) as connection:
        rows = connection.execute(_queries.start_runs, {"runs": count, "each": EACH}).fetchall()
    tokens = [player.token for player in equip(here.settings, players)]
    return [Run(str(run_id), tokens[number // EACH]) for number, (run_id,) in enumerate(rows)]


def _round(here: Stage, job: Job) -> Taken:
    before: dict[str, float] = {}
    written: list[tuple[int, int]] = []

    def begun() -> None:
        written.append(_written(here))
        before.update({part: here.cpu_seconds(part) for part in PARTS})

    tally = play(job, begun)
    used = {part: here.cpu_seconds(part) - before[part] for part in PARTS}
    time.sleep(STATISTICS_SECONDS)
    journal, rows = _written(here)
    cores = {part: seconds / tally.seconds for part, seconds in used.items()}
    return Taken(tally, cores, journal - written[0][0], rows - written[0][1])


def _written(here: Stage) -> tuple[int, int]:
    """Bytes of journal, and rows, so far."""
    with psycopg.connect(here.settings.database_url, autocommit=True) as connection:
        row = connection.execute(_queries.written).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
