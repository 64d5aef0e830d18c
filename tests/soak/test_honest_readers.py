"""Honest readers among slow, frozen and vanishing ones, under a flood: they lose nothing, and wait no longer.

Phases with the others take turns with phases without, so that what slows the machine down for a minute slows both.
"""

import asyncio
from collections.abc import Callable
from random import Random
from statistics import median

from tests.soak.crowd import Crowd, crowd_of, meanwhile
from tests.soak.footprint import footprint
from tests.soak.scale import IS_WHOLE, PLENTY, SEED, p99, scaled
from tests.soak.site import site
from tests.soak.visits import Visitors, among
from tests.support.clients import Api
from tests.support.servers import Program, Stores, WebServer

HONEST, OTHERS = scaled(40, 100), scaled(10, 20)
#: Phases of each kind, and how long each lasts: seconds.
ROUNDS, PHASE_SECONDS = scaled(2, 4), scaled(1.5, 15.0)
#: The flood. A move is some 30 KB for every reader, an announcement two: who takes nothing is soon too far behind.
BOARDS, CHARACTERS, PAUSE_SECONDS = 10, 2_000, 0.1
#: How much longer the honest may wait among the others.
LONGER = 1.5
#: What the server may keep for each of the others, far below what it tells them: bytes.
KEPT_BYTES = 1_500_000


async def delay(crowd: Crowd) -> float:
    """The p99 of delivery from now on: seconds."""
    del crowd.heard.delays[:]
    await asyncio.sleep(PHASE_SECONDS)
    return p99(crowd.heard.delays)


async def test_honest_readers_lose_nothing_to_the_others(
    serve: Callable[..., WebServer], work: Callable[..., Program], own_stores: Stores
) -> None:
    server = serve(own_stores, METRICS_PORT=0, **PLENTY)
    work(own_stores)
    alone, among_others, memory = list[float](), list[float](), list[float]()
    async with (
        site(server, own_stores, boards=BOARDS, characters=CHARACTERS) as place,
        Api(server.metrics_url) as metrics,
        crowd_of(HONEST, place.heard(server)) as crowd,
    ):
        others = Visitors(server.port, [crowd.heard.request(b"")], PHASE_SECONDS, Random(SEED))
        async with meanwhile(PAUSE_SECONDS, place.log.announce, place.move):
            await delay(crowd)  # a first phase, in which caches and buffers come to their size
            for _ in range(ROUNDS):
                alone.append(await delay(crowd))
                before = (await footprint(metrics)).memory
                async with among(others, OTHERS):
                    among_others.append(await delay(crowd))
                    memory.append((await footprint(metrics)).memory - before)
        await crowd.until_level(place.api)
    print(f"p99 of delivery: alone {alone}, among {OTHERS} others {among_others} s; their memory {memory} bytes")
    assert crowd.heard.losses == 0, "honest readers were cut off"
    assert max(memory) < OTHERS * KEPT_BYTES
    if IS_WHOLE:  # the suite's machine does other things as well
        assert median(among_others) < LONGER * median(alone)
