"""`sse-board bench scale`: what more players cost an action and a read, and how soon a flushed Redis is filled."""

import argparse
import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from statistics import median

import redis

from sse_board.bench.crowd import DEFAULT_BOARD, equip, gather, loaded, make_board, wait_until_loaded
from sse_board.bench.load import Job, WrongAnswer, measure
from sse_board.bench.requests import Actions, Player, Requests, Same
from sse_board.bench.rounds import Spread, part, spread, verdict
from sse_board.bench.stage import HOST, Stage, stage, worker
from sse_board.settings import Settings

#: Players on the board that the large one is compared with.
FEW = 1_000
#: What an action or a read may cost with many players, beside few: what must be, and what is wanted.
MUST, GOAL = 1.5, 1.2
#: Seconds in which Redis must have a board of a million entries again, and after which it is given up.
REBUILD_SECONDS, GIVEN_UP_SECONDS = 30.0, 300.0
#: Players who act, on either board.
ACTING = 500
#: Actions that are signed in advance for each second.
PREPARED_PER_SECOND = 20_000
#: Actions and reads a second while Redis is filled.
MEANWHILE_PER_SECOND = 50
LARGE, LARGE_TYPE = "large", "large_finish"
PARTS = ("web", "postgres", "valkey")


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds for one client alone, and microseconds of all processors together, for each request."""

    latency: float
    cpu: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--players", type=int, default=1_000_000, help="players on the large board (1000000)")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each measurement (3)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, in each of which all take turns (5)")
    parser.set_defaults(func=scale)


def scale(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when something else was answered."""
    try:
        with stage("sse_board.bench.server") as here, worker(here):
            _fill(here, args.players)
            costs = _measure(here, args.players, args.rounds, args.seconds)
            rebuilt = asyncio.run(_rebuild(here, args.players))
    except (WrongAnswer, TimeoutError) as error:
        print(f"sse-board: {error or 'Redis was not filled'}")
        return 1
    print(f"{args.rounds} rounds of {args.seconds:g} s, one client; {args.players} players beside {FEW}\n")
    return max(_report(costs), _report_rebuild(*rebuilt))


def _fill(here: Stage, players: int) -> None:
    make_board(here.settings, LARGE, LARGE_TYPE)
    gather(here.settings.database_url, FEW)
    gather(here.settings.database_url, players, LARGE)
    with redis.Redis.from_url(here.settings.redis_url) as client:
        wait_until_loaded(client, LARGE, players, GIVEN_UP_SECONDS)


def _measure(here: Stage, players: int, rounds: int, seconds: float) -> dict[str, list[Cost]]:
    numbers = count(time.time_ns(), int(seconds * PREPARED_PER_SECOND))
    few, many = equip(here.settings, ACTING, FEW), equip(here.settings, ACTING, players)
    kinds: dict[str, Callable[[], Requests]] = {
        "action, few": lambda: _actions(here, few, next(numbers), seconds, "task_finish"),
        "action, many": lambda: _actions(here, many, next(numbers), seconds, LARGE_TYPE),
        "top 10, few": lambda: _read(here, DEFAULT_BOARD),
        "top 10, many": lambda: _read(here, LARGE),
    }
    for requests in kinds.values():
        measure(_job(here, requests()), seconds / 2)
    taken: dict[str, list[Cost]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, requests in kinds.items():
            taken[name].append(_cost(here, _job(here, requests()), seconds))
    return taken


def _actions(here: Stage, players: list[Player], first: int, seconds: float, action_type: str) -> Actions:
    return Actions(f"{HOST}:{here.port}", players, first, int(seconds * PREPARED_PER_SECOND), action_type)


def _read(here: Stage, board: str) -> Same:
    path = f"/api/v1/scores/leaderboard?board={board}&limit=10"
    return Same(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{here.port}\r\nAccept: application/json\r\n\r\n")


def _job(here: Stage, requests: Requests) -> Job:
    return Job(HOST, here.port, requests, 200, 1)


def _cost(here: Stage, job: Job, seconds: float) -> Cost:
    before = sum(map(here.cpu_seconds, PARTS))
    tally = measure(job, seconds)
    cpu = sum(map(here.cpu_seconds, PARTS)) - before
    return Cost(tally.seconds / tally.requests * 1e3, cpu / tally.requests * 1e6)


async def _rebuild(here: Stage, players: int) -> tuple[float, list[float], int]:
    """Seconds until Redis has all again; milliseconds that readers waited meanwhile, and actions that counted."""
    acting = equip(here.settings, ACTING, players)
    prepared = int(GIVEN_UP_SECONDS * MEANWHILE_PER_SECOND)
    actions = Actions(f"{HOST}:{here.port}", acting, time.time_ns(), prepared, LARGE_TYPE).signed()
    reads = _read(here, LARGE).prepare()
    with redis.Redis.from_url(here.settings.redis_url, socket_timeout=10) as client:
        client.flushall()
        began, waited, acted = time.monotonic(), [], 0
        reader, writer = await asyncio.open_connection(HOST, here.port)
        while await asyncio.to_thread(loaded, client, LARGE) < players:
            if time.monotonic() - began > GIVEN_UP_SECONDS:
                raise TimeoutError
            waited.append(await _ask(reader, writer, next(reads)))
            await _ask(reader, writer, next(actions))
            acted += 1
            await asyncio.sleep(1 / MEANWHILE_PER_SECOND)
        writer.close()
        return time.monotonic() - began, sorted(waited), acted


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> float:
    """Milliseconds until the whole answer was there, which must be a 200."""
    began = time.perf_counter()
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
    if not head.startswith(b"http/1.1 200 "):
        raise WrongAnswer(f"an answer was {body!r}")
    return (time.perf_counter() - began) * 1e3


def _report(costs: Mapping[str, list[Cost]]) -> int:
    for name, taken in costs.items():
        latency, cpu = (median(figures) for figures in zip(*((c.latency, c.cpu) for c in taken), strict=True))
        print(f"{name:14} {latency:6.2f} ms for one alone, {cpu:6.0f} µs of all processors")
    print(f"\n{'many beside few: least, middle, most':>40}")
    ratios = {what: _ratio(costs[f"{what}, few"], costs[f"{what}, many"]) for what in ("action", "top 10")}
    for what, found in ratios.items():
        print(f"{what:14} {found:10.2f}   {verdict(found, MUST, GOAL, at_most=True)}")
    return int(any(found.middle > MUST for found in ratios.values()))


def _ratio(few: list[Cost], many: list[Cost]) -> Spread:
    """By processor time, which neighbours disturb least."""
    return spread([more.cpu / less.cpu for less, more in zip(few, many, strict=True)])


def _report_rebuild(seconds: float, waited: list[float], acted: int) -> int:
    print(f"\nRedis, flushed, had all again after {seconds:.1f} s (must be below {REBUILD_SECONDS:g})", end="")
    print(f": {'reached' if seconds < REBUILD_SECONDS else 'missed'}")
    print(f"meanwhile {acted} actions counted, and readers waited p50 {part(waited, 0.5):.1f}", end="")
    print(f", p99 {part(waited, 0.99):.1f}, at the most {waited[-1]:.1f} ms")
    return int(seconds >= REBUILD_SECONDS)
