"""Two web processes and a worker on the same stores, shared by all tests of this folder."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import pytest_asyncio
import redis

from tests.support.clients import Api, Player, data_of
from tests.support.servers import Runner, StoreHouse, Stores, WebServer

#: Tests send more than people do, and do not wait until a run is old.
SETTINGS: dict[str, Any] = {
    "SESSION_MIN_SECONDS": 1,
    "BOARD_TICK_MS": 20,
    "RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000,
}


@dataclass(frozen=True, slots=True)
class Site:
    """`stores`, two processes that serve them, and what looks into the stores beside those."""

    stores: Stores
    first: WebServer
    second: WebServer
    database: psycopg.Connection
    redis: "redis.Redis"

    def open_runs(self, player: Player) -> list[str]:
        """The ids of the player's open runs, the oldest first."""
        query = "select id::text from runs where user_id = %s and ended_at is null order by started_at"
        return [row[0] for row in self.database.execute(query, [player.id]).fetchall()]

    def flags(self, player: Player) -> list[tuple[str, str | None, Any]]:
        """(kind, action id, details) of the player's flags."""
        query = "select kind, action_id, details from flags where user_id = %s order by place"
        return list(self.database.execute(query, [player.id]).fetchall())

    def forget(self, run: str) -> None:
        """What Redis loses when it evicts, or is flushed."""
        self.redis.delete(f"sse_board:run:{run}")

    def age(self, run: str, seconds: int) -> None:
        """As if the run had begun, and been heard of last, so much earlier."""
        known = self.redis.hmget(f"sse_board:run:{run}", "started", "at", "lost")
        moments = zip(("started", "at", "lost"), known, strict=True)
        earlier = {name: int(value) - seconds * 1000 for name, value in moments if value is not None}
        for name, value in earlier.items():
            self.redis.hset(f"sse_board:run:{run}", name, str(value))
        query = "update runs set started_at = started_at - make_interval(secs => %s) where id = %s"
        self.database.execute(query, [seconds, run])


@pytest.fixture(scope="package")
def site(store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    stores, runner = store_house.fresh(), Runner(tmp_path_factory.mktemp("runs"))
    runner.work(stores)
    servers = runner.serve_two(stores, **SETTINGS)
    with (
        psycopg.connect(stores.database_url, autocommit=True) as database,
        redis.Redis.from_url(stores.redis_url) as store,
    ):
        yield Site(stores, *servers, database, store)
    runner.close()
    store_house.drop(stores)


@pytest_asyncio.fixture(scope="package")
async def api(site: Site) -> AsyncIterator[Api]:
    """The first process."""
    async with Api(site.first.url) as api:
        yield api


@pytest_asyncio.fixture(scope="package")
async def other(site: Site) -> AsyncIterator[Api]:
    """The second process."""
    async with Api(site.second.url) as api:
        yield api


@pytest_asyncio.fixture
async def player(api: Api) -> Player:
    return await api.register()


Start = Callable[..., Any]


async def start(player: Player, app: str = "typing", api: Api | None = None) -> str:
    """The id of a new run."""
    run: str = data_of(await player.request("POST", "/api/v1/sessions", {"app": app}, api), 201)["sessionId"]
    return run


async def tell(player: Player, run: str, api: Api | None = None, **values: Any) -> Mapping[str, Any]:
    """Progress that must be taken."""
    told: Mapping[str, Any] = data_of(await tick(player, run, api, **values), 202)
    return told


async def tick(player: Player, run: str, api: Api | None = None, **values: Any) -> Any:
    return await player.request("POST", f"/api/v1/sessions/{run}/progress", values, api)
