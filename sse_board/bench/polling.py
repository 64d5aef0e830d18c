"""`sse-board bench polling`: a poller that is told "unchanged", beside the least that could tell it."""

import argparse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field

from sse_board.bench.load import Job, WrongAnswer, measure
from sse_board.bench.requests import Same
from sse_board.bench.rounds import Round, ratio, row, verdict
from sse_board.bench.server import BARE_PATH
from sse_board.bench.stage import HOST, Stage, stage
from sse_board.settings import Settings

BOARD = "/api/v1/scores/leaderboard?board=scoreboard&limit=10"
#: Answers a second beside the bare route's: what must be, and what is wanted.
MUST, GOAL = 0.7, 0.9
#: The round that is thrown away: seconds.
WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for what. One that revalidates sends the tag of the first answer and must be told 304."""

    name: str
    path: str
    revalidates: bool
    headers: Mapping[str, str] = field(default_factory=dict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each measurement (3)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, in each of which all take turns (5)")
    parser.add_argument("--connections", type=int, default=64, help="connections that stay open (64)")
    parser.set_defaults(func=polling)


def polling(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 below what must be, or when something else was answered."""
    try:
        measured = _measure(args.rounds, args.seconds, args.connections)
    except WrongAnswer as error:
        print(f"sse-board: {error}")
        return 1
    print(f"{args.rounds} rounds of {args.seconds:g} s, {args.connections} connections, one web process\n")
    return _report(measured)


def _measure(rounds: int, seconds: float, connections: int) -> dict[str, list[Round]]:
    """What each reader got, round by round."""
    with stage("sse_board.bench.server") as here:
        jobs = {reader.name: _job(here, reader, connections) for reader in _readers(here)}
        for job in jobs.values():
            measure(job, min(WARM_UP_SECONDS, seconds))
        taken: dict[str, list[Round]] = {name: [] for name in jobs}
        for _ in range(rounds):
            for name, job in jobs.items():
                taken[name].append(_round(here, job, seconds))
    return taken


def _readers(here: Stage) -> list[Reader]:
    bearer = {"Authorization": f"Bearer {here.token}"}
    return [
        Reader("bare 304", BARE_PATH, True),
        Reader("anonymous 304", BOARD, True),
        Reader("logged in 304", BOARD, True, bearer),
        Reader("bare 200", BARE_PATH, False),
        Reader("anonymous 200", BOARD, False),
    ]


def _job(here: Stage, reader: Reader, connections: int) -> Job:
    headers = {"Host": f"{HOST}:{here.port}", "Accept": "application/json", **reader.headers}
    if reader.revalidates:
        headers["If-None-Match"] = _tag(here.url + reader.path, reader.headers)
    lines = [f"GET {reader.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    status = 304 if reader.revalidates else 200
    return Job(HOST, here.port, Same("\r\n".join([*lines, "", ""])), status, connections)


def _tag(url: str, headers: Mapping[str, str]) -> str:
    request = urllib.request.Request(url, headers=dict(headers))  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return str(answer.headers["ETag"])


def _round(here: Stage, job: Job, seconds: float) -> Round:
    before = here.cpu_seconds()
    tally = measure(job, seconds)
    cpu = (here.cpu_seconds() - before) / tally.requests
    return Round(tally.requests / tally.seconds, tally.p50, tally.p99, cpu * 1e6)


def _report(measured: Mapping[str, list[Round]]) -> int:
    print(f"{'':14}{'requests/s: least    middle      most':>40}{'p50 ms':>10}{'p99 ms':>10}{'CPU µs':>10}")
    for name, rounds in measured.items():
        print(f"{name:14}{'':10}{row(rounds)}")
    ratios = {name: ratio(measured[f"bare {name[-3:]}"], rounds) for name, rounds in measured.items()}
    print(f"\n{'':14}{'beside the bare: least    middle      most':>40}")
    for name in ("anonymous 304", "logged in 304", "anonymous 200"):
        said = verdict(ratios[name], MUST, GOAL) if name.endswith("304") else "for information"
        print(f"{name:14}{'':10}{ratios[name]:10.2f}   {said}")
    return 0 if ratios["anonymous 304"].middle >= MUST else 1
