"""`sse-board bench page`: what a browser's main thread does while the rows of a board change."""

import argparse
import asyncio
import itertools
import json
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from sse_board.bench.browser import Busy, Shift, Watched, cumulative_layout_shift, watched
from sse_board.bench.crowd import equip, gather
from sse_board.bench.load import WrongAnswer
from sse_board.bench.ours import version_at, wait_for_another
from sse_board.bench.ranks import ANSWER_SECONDS, act
from sse_board.bench.requests import Actions
from sse_board.bench.stage import HOST, Stage, perform
from sse_board.settings import Settings

#: A board's page shows so many, so every action changes a row of it.
PLAYERS = 100
#: On which they act: a single one would wait for each answer.
CONNECTIONS = 10
#: Seconds in which the page settles before it is measured.
SETTLE_SECONDS = 2.0
#: The share of its time that the main thread may be busy.
MUST_BUSY = 0.5

PAGE = "/boards/scoreboard"
BOARD = "/api/v1/scores/leaderboard?board=scoreboard&limit=100"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page did in so many seconds. `told`: versions that its stream brought; `missed`: those of them that
    it never showed."""

    seconds: float
    busy: Busy
    told: int
    missed: int
    shifts: Sequence[Shift]
    is_same: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rate", type=float, default=50.0, help="actions a second, each a changed row (50)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long it is measured (60)")
    parser.set_defaults(func=page)


def page(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when the page lost an update or ends with other rows than REST."""
    return perform(lambda here: _play(here, args))


def _play(here: Stage, args: argparse.Namespace) -> int:
    before = version_at(here.url)
    gather(here.settings.database_url, PLAYERS)
    wait_for_another(before, here.url)
    return _report(asyncio.run(_measure(here, args.rate, args.seconds)), args)


async def _measure(here: Stage, rate: float, seconds: float) -> Seen:
    async with watched(here.url + PAGE) as shown:
        await asyncio.sleep(SETTLE_SECONDS)
        before, began = await shown.busy(), time.perf_counter()
        counted = itertools.count()
        actions = _signed(here, int(rate * seconds))
        await asyncio.gather(*(act(here, actions, counted, rate / CONNECTIONS) for _ in range(CONNECTIONS)))
        busy, taken = (await shown.busy()).since(before), time.perf_counter() - began
        is_same = await _is_same(here, shown)
        told = set(await shown.told())
        missed = told - set(await shown.painted())
        return Seen(taken, busy, len(told), len(missed), await shown.shifts(), is_same)


def _signed(here: Stage, needed: int) -> Iterator[bytes]:
    """By players at random, so that rows move past each other."""
    players = Random(1).choices(equip(here.settings, PLAYERS), k=needed)  # noqa: S311 - dice for turns
    return Actions(f"{HOST}:{here.port}", players, time.time_ns(), needed).prepare()


async def _is_same(here: Stage, shown: Watched) -> bool:
    """Whether the page ends with the rows that REST answers."""
    rows = [[str(row["rank"]), row["userId"], f"{row['score']:,}"] for row in await asyncio.to_thread(_rows, here)]
    return await shown.shows(json.dumps(rows, separators=(",", ":")))


def _rows(here: Stage) -> list[dict[str, object]]:
    with urllib.request.urlopen(here.url + BOARD, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - our own server
        rows: list[dict[str, object]] = json.load(answer)["data"]["leaderboard"]
    if len(rows) != PLAYERS:
        raise WrongAnswer(f"the board has {len(rows)} rows")
    return rows


def _report(seen: Seen, args: argparse.Namespace) -> int:
    share = seen.busy.all / seen.seconds
    print(f"{args.rate:g} actions a second for {seen.seconds:.1f} s, {PLAYERS} rows, one page in Chromium\n")
    for name, part in (("main thread busy", seen.busy.all), ("script", seen.busy.script)):
        print(f"{name:18} {part / seen.seconds * 100:5.1f} %")
    for name, part in (("style", seen.busy.style), ("layout", seen.busy.layout)):
        print(f"{name:18} {part / seen.seconds * 100:5.1f} %")
    print(f"versions told      {seen.told:5}, of which the page left out {seen.missed}")
    worst, whole = cumulative_layout_shift(seen.shifts), sum(shift.score for shift in seen.shifts)
    print(f"layout shift       {worst:.4f} (CLS), {whole:.4f} in all")
    print(f"the last table is {'' if seen.is_same else 'NOT '}what REST answers")
    print(f"\nmust be < {MUST_BUSY * 100:g} % busy: {'reached' if share < MUST_BUSY else 'missed'}")
    return 0 if share < MUST_BUSY and not seen.missed and seen.is_same else 1
