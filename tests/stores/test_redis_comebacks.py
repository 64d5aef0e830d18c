"""Redis stopped and started again, or replaced by an empty one: streams go on all the while."""

import asyncio
import shutil
import time

from sse_board.stores.valkey_server import JOURNAL, ValkeyServer
from tests.support.clients import Api, Player, eventually
from tests.support.servers import Runner, StoreHouse, Stores
from tests.support.streams import Stream, listening

HEALED_SECONDS = 2.0
STOP_SECONDS = 5.0
#: Who is told so soon was told by a hint: what a comparison of versions finds waits longer for one. Seconds.
HINTED_SECONDS = 0.2
PLENTY = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 10_000}


async def delay(stream: Stream, player: Player, admin: Player) -> float:
    """Seconds that an action and an announcement take to the stream."""
    count = len(stream.of_type("system.announcement"))
    began = time.monotonic()
    await asyncio.gather(player.score("task_finish"), admin.announce("Hear, hear"))
    await stream.until_shows(await player.api.board("scoreboard"))
    await stream.until_type("system.announcement", count + 1)
    return time.monotonic() - began


async def test_streams_go_on_without_redis_and_hints_are_back_with_it(
    frail: StoreHouse, frail_stores: Stores, runner: Runner
) -> None:
    near, far = runner.serve_two(frail_stores, **PLENTY)
    runner.work(frail_stores)
    async with Api(far.url) as api, listening(near.url, "leaderboard:scoreboard,system") as stream:
        player, admin = await api.register(), await api.admin(frail_stores)
        await stream.until_type("leaderboard.update")
        for replaced in (False, True):
            frail.pair.valkey.stop(STOP_SECONDS)
            assert await delay(stream, player, admin) < HEALED_SECONDS
            start(frail.pair.valkey, replaced)
            assert await until_hinted(stream, player, admin) < HEALED_SECONDS
        assert stream.connections == 1


def start(valkey: ValkeyServer, replaced: bool) -> None:
    """With what it knew, or as another one at the same address."""
    if replaced:
        shutil.rmtree(valkey.directory / JOURNAL)
    valkey.start()
    valkey.wait_until_ready()


async def until_hinted(stream: Stream, player: Player, admin: Player) -> float:
    """Seconds until hints arrive."""
    began = time.monotonic()

    async def is_hinted() -> bool:
        return await delay(stream, player, admin) < HINTED_SECONDS

    await eventually(is_hinted)
    return time.monotonic() - began
