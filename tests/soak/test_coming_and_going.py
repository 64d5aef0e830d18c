"""Streams come and go by the thousand, in every way there is: memory, tasks, threads and files are as before."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from itertools import product
from random import Random

import redis

from sse_board.stores.redis import POOL_SIZE
from tests.soak.crowd import meanwhile
from tests.soak.footprint import Footprint, footprint
from tests.soak.reader import stream_request
from tests.soak.scale import PLENTY, SEED, scaled
from tests.soak.site import Site, site
from tests.soak.visits import Visitors
from tests.support.clients import Api, data_of, eventually
from tests.support.eventlog import write
from tests.support.scrapes import scrape
from tests.support.servers import Program, Stores, WebServer

#: Visits until everything that is filled once is full, and those that are looked at.
WARM_UP, VISITS = scaled(500, 20_000), scaled(1_500, 100_000)
#: Together some 200 visits a second, less than a process should take.
AT_ONCE, STAY_SECONDS = scaled(40, 80), scaled(0.4, 0.8)
#: What may have grown, as a share.
GROWN = 0.05
#: As many as a process keeps in memory, so that more of them take no more of it.
EVENTS = 5_000
#: Between two moves on the boards, and between two announcements; those with a cursor are told all of these.
MOVE_SECONDS, ANNOUNCE_SECONDS = 0.5, scaled(0.5, 5.0)
#: After the last visit until nothing of it is left: seconds. Who half-closes is noticed at the next write.
OVER_SECONDS = 20.0
#: Less than a process waits for Redis.
PAUSE_MILLISECONDS = 100
#: What has not become less for so long stays: seconds.
QUIET_SECONDS = 0.5


async def requests(place: Site) -> Sequence[bytes]:
    """Every window and format, with and without a cursor; what is private, too."""
    player = await place.api.register()
    cursor = data_of(await place.api.http.get("/api/v1/events?channels=system"))["cursor"]
    query = f"channels=leaderboard:{place.slugs[0]},leaderboard:*,system,user:me:*"
    return [
        stream_request(f"{query}&limit={rows}&format={form}", {**player.bearer, **resumed})
        for rows, form, resumed in product(
            (10, 25, 50, 100), ("json", "html", "text"), ({}, {"Last-Event-ID": cursor})
        )
    ]


async def fill_pool(place: Site, stores: Stores) -> None:
    """So many ask while Redis pauses that the process opens all connections to it that it may have; they stay."""
    path = f"/api/v1/scores/leaderboard?board={place.slugs[0]}&limit=1"
    with contextlib.closing(redis.Redis.from_url(stores.redis_url)) as store:
        store.client_pause(PAUSE_MILLISECONDS)
        await asyncio.gather(*(place.api.http.get(f"{path}&offset={offset}") for offset in range(2 * POOL_SIZE)))


async def visit(visitors: Visitors, place: Site, count: int) -> None:
    """So many visits, AT_ONCE of them at any time, while things happen."""
    turns = iter(range(count))

    async def some() -> None:
        for _ in turns:
            await visitors.visit()

    async with meanwhile(MOVE_SECONDS, place.move), meanwhile(ANNOUNCE_SECONDS, place.log.announce):
        await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def left(metrics: Api) -> Footprint:
    """When nobody is there any more, and what they wanted is no longer worked on."""
    found = [await footprint(metrics)]

    async def is_quiet() -> bool:
        found.append(await footprint(metrics))
        return found[-1].connections == 0 and found[-1].tasks >= found[-2].tasks

    await eventually(is_quiet, OVER_SECONDS, every=QUIET_SECONDS)
    return found[-1]


async def opened(metrics: Api) -> float:
    return (await scrape(metrics.http)).value("sse_board_connects_total", transport="sse")


async def test_coming_and_going_leaves_nothing_behind(
    serve: Callable[..., WebServer], work: Callable[..., Program], own_stores: Stores
) -> None:
    write(own_stores, EVENTS)
    work(own_stores)
    server = serve(own_stores, METRICS_PORT=0, **PLENTY)
    async with site(server, own_stores) as place, Api(server.metrics_url) as metrics:
        visitors = Visitors(server.port, await requests(place), STAY_SECONDS, Random(SEED))
        await fill_pool(place, own_stores)
        await visit(visitors, place, WARM_UP)
        before = await left(metrics)
        began = time.monotonic()
        await visit(visitors, place, VISITS)
        seconds, after = time.monotonic() - began, await left(metrics)
        print(f"{VISITS} visits in {seconds:.0f} s\nbefore {before}\nafter  {after}")
        assert after.above(before, GROWN) == []
        assert await opened(metrics) > VISITS / 2, "most were gone before they were heard"
