"""A Redis that falls silent without closing anything: streams go on, and hints are back within two seconds.

The process whose streams are watched reaches Redis through a proxy, and so does the worker.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.live.conftest import PLENTY
from tests.support.clients import Api, Player, eventually
from tests.support.redis_proxy import RedisProxy
from tests.support.servers import Runner, Stores
from tests.support.streams import Stream, listening

HEALED_SECONDS = 2.0
#: Who is told so soon was told by a hint: what a comparison of versions finds waits longer for one. Seconds.
HINTED_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Site:
    """`near` and the worker are behind the `proxy`, `far` is not."""

    proxy: RedisProxy
    near: Api
    far: Api
    player: Player
    admin: Player

    async def shown(self, stream: Stream, at: Api) -> float:
        """Seconds that an action at one of them takes to the stream at the near one."""
        began = time.monotonic()
        result = await self.player.score("task_finish", api=at)
        await stream.until(lambda: best(stream) >= result["newScore"])
        return time.monotonic() - began

    async def heard(self, stream: Stream) -> float:
        """The same for an announcement at the far one."""
        count = len(stream.of_type("system.announcement"))
        began = time.monotonic()
        await self.admin.announce("Still there?")
        await stream.until_type("system.announcement", count + 1)
        return time.monotonic() - began

    async def until_hinted(self, stream: Stream) -> float:
        """Seconds until hints arrive."""
        began = time.monotonic()

        async def is_hinted() -> bool:
            return await self.shown(stream, self.far) < HINTED_SECONDS

        await eventually(is_hinted)
        return time.monotonic() - began


def best(stream: Stream) -> int:
    rows = stream.boards["scoreboard"].state[0]
    return int(rows[0][5]) if rows else 0


@pytest_asyncio.fixture(scope="module")
async def site(stores: Stores, runner: Runner) -> AsyncIterator[Site]:
    async with RedisProxy(stores.redis_url) as proxy:
        near = runner.serve(stores, ready=False, REDIS_URL=proxy.url, **PLENTY)
        far = runner.serve(stores, ready=False, **PLENTY)
        worker = runner.work(stores, REDIS_URL=proxy.url)
        await asyncio.gather(*(asyncio.to_thread(server.wait_until_ready) for server in (near, far)))
        await eventually(lambda: "worker active" in worker.log_text())
        async with Api(near.url) as api, Api(far.url) as other:
            yield Site(proxy, api, other, await other.register(), await other.admin(stores))
        runner.close(stores)


@pytest_asyncio.fixture
async def stream(site: Site) -> AsyncIterator[Stream]:
    async with listening(site.near.url, "leaderboard:scoreboard,system") as stream:
        await stream.until_type("leaderboard.update")
        await site.until_hinted(stream)
        yield stream


@pytest.mark.parametrize("hints_only", [True, False], ids=["that of the hints", "each"])
async def test_a_connection_that_fell_silent_is_replaced(site: Site, stream: Stream, hints_only: bool) -> None:
    site.proxy.lose(hints_only=hints_only)
    until_hinted, *delays = await asyncio.gather(
        site.until_hinted(stream), site.shown(stream, site.near), site.heard(stream)
    )
    assert max(delays) < HEALED_SECONDS
    assert until_hinted < HEALED_SECONDS


async def test_streams_go_on_while_redis_is_silent_and_hints_are_back_when_it_speaks(
    site: Site, stream: Stream
) -> None:
    site.proxy.fall_silent()
    for at in (site.far, site.near):
        delays = await asyncio.gather(site.shown(stream, at), site.heard(stream))
        assert max(delays) < HEALED_SECONDS
    site.proxy.speak()
    assert await site.until_hinted(stream) < HEALED_SECONDS
