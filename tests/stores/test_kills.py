"""Whatever is killed, whenever: what was answered 200 is there, and once, and everybody agrees about it soon.

`KILLS=100 pytest tests/stores/test_kills.py` kills more often than the suite has time for.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice
from typing import Any

import psycopg
import redis

from sse_board.stores.server import Server
from tests.stores.load import POINTS, Crowd, Follower
from tests.support.clients import Api, eventually
from tests.support.processes import kill_below
from tests.support.servers import Runner, StoreHouse, Stores, WebServer, is_ready

#: How often something is killed: each of what can be killed once, and one of them again.
KILLS = int(os.environ.get("KILLS", "6"))
#: The moments of the kills; another number, another story.
SEED = int(os.environ.get("KILLS_SEED", "1"))
PLAYERS = 12
#: A supervisor waits up to ten seconds with what dies again and again, and starting takes time: seconds.
RESTARTED_SECONDS = 30.0
#: After whatever died is back, all agree within this: seconds.
AGREED_SECONDS = 2.0


class World:
    """Two web servers, a worker and two stores; each can be killed, and comes back as under a supervisor."""

    def __init__(self, house: StoreHouse, stores: Stores, runner: Runner) -> None:
        self.stores = stores
        self._runner = runner
        self.servers = runner.serve_two(
            stores, RATE_LIMIT_ACTIONS_PER_MINUTE=100_000, RATE_LIMIT_IP_PER_MINUTE=10**6
        )
        self._worker = runner.work(stores)
        self.victims: dict[str, Callable[[], Awaitable[None]]] = {
            "web": lambda: self._kill_web(self.servers[0]),
            "other web": lambda: self._kill_web(self.servers[1]),
            "worker": self._kill_worker,
            "valkey": lambda: self._kill_store(house.pair.valkey),
            "postgres": lambda: self._kill_store(house.pair.postgres),
        }

    async def _kill_web(self, server: WebServer) -> None:
        """`serve` starts its process again."""
        kill_below(server.process.pid, "processes.web")
        await eventually(lambda: asyncio.to_thread(is_ready, server.url), RESTARTED_SECONDS)

    async def _kill_worker(self) -> None:
        self._worker.kill()
        self._worker = self._runner.work(self.stores)
        await eventually(lambda: "worker active" in self._worker.log_text(), RESTARTED_SECONDS)

    async def _kill_store(self, server: Server) -> None:
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        await asyncio.sleep(0.3)
        server.start()
        server.wait_until_ready()


def logged(stores: Stores) -> tuple[dict[str, int], dict[str, int], list[int]]:
    """Actions by player, scores by player, and all places in the commit order."""
    with psycopg.connect(stores.database_url) as connection:
        actions = connection.execute("select user_id::text, count(*) from actions group by 1").fetchall()
        scores = connection.execute(
            "select user_id::text, score from entries where board = 'scoreboard'"
        ).fetchall()
        places = connection.execute("select seq from actions order by seq").fetchall()
    return dict(actions), dict(scores), [seq for (seq,) in places]


def held(stores: Stores) -> dict[str, int]:
    """What Redis has of the board."""
    with redis.Redis.from_url(stores.redis_url) as client:
        members: Any = client.zrange("sse_board:{scoreboard}:ranks", 0, -1, withscores=True)
    return {member.decode()[15:]: -int(key) for member, key in members}


async def shown(url: str) -> dict[str, int]:
    async with Api(url) as api:
        board = await api.board("scoreboard", 100)
    return {entry["userId"]: entry["score"] for entry in board["leaderboard"]}


@asynccontextmanager
async def following(world: World, dice: random.Random) -> AsyncIterator[list[Follower]]:
    urls = [server.url for server in world.servers]
    followers = [Follower(urls, dice) for _ in range(3)]
    yield followers
    for follower in followers:
        await follower.end()


def turns(victims: Collection[str], dice: random.Random) -> Iterator[str]:
    """All of them in any order, for ever."""
    while True:
        yield from dice.sample(list(victims), k=len(victims))


async def agree(world: World, wanted: dict[str, int], followers: list[Follower]) -> bool:
    """Whether Redis, both servers and all streams show just these scores."""
    if held(world.stores) != wanted or any(follower.scores != wanted for follower in followers):
        return False
    return all([await shown(server.url) == wanted for server in world.servers])


async def test_nothing_is_lost_and_nothing_counts_twice(
    frail: StoreHouse, frail_stores: Stores, runner: Runner
) -> None:
    dice = random.Random(SEED)
    world = World(frail, frail_stores, runner)
    async with Api(world.servers[0].url) as first, Api(world.servers[1].url) as second:
        players = [await first.register() for _ in range(PLAYERS)]
        crowd = Crowd(players, [first, second], dice)
        async with following(world, dice) as followers:
            for victim in islice(turns(world.victims, dice), KILLS):
                crowd.act()
                await asyncio.sleep(dice.uniform(0.1, 0.6))
                await world.victims[victim]()
                await asyncio.sleep(dice.uniform(0.0, 0.3))
                await crowd.rest()
                actions, scores, places = logged(frail_stores)
                assert actions == {user: count for user, count in crowd.counted.items() if count}, victim
                assert scores == {user: count * POINTS for user, count in actions.items()}, victim
                assert places == list(range(1, len(places) + 1)), victim
                began = time.monotonic()
                await eventually(partial(agree, world, scores, followers), AGREED_SECONDS)
                print(f"{victim}: agreed after {time.monotonic() - began:.2f} s, {crowd.repeated} repeated")
    assert crowd.repeated > 0, "nobody noticed that anything was killed"
