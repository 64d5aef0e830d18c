"""A web server and a worker on stores that this folder's tests also write to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from sse_board.live.events.outbox import Outbox
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import channel_name, connect
from tests.support.clients import Api, Player
from tests.support.servers import Runner, StoreHouse, Stores, WebServer

#: Tests send more than people do.
PLENTY: dict[str, Any] = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000, "RATE_LIMIT_IP_PER_MINUTE": 1_000_000}


@dataclass(frozen=True, slots=True)
class Site:
    """A server, an admin, and an outbox as the worker has one: nobody listens behind it."""

    stores: Stores
    server: WebServer
    api: Api
    boss: Player
    postgres: Postgres
    outbox: Outbox


@pytest_asyncio.fixture(scope="package")
async def site(store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """One for all tests of this folder."""
    stores, runner = store_house.fresh(), Runner(tmp_path_factory.mktemp("site"))
    runner.work(stores)
    server = runner.serve(stores, HEARTBEAT_SECONDS=1, **PLENTY)
    postgres, redis = Postgres(stores.database_url, size=3), connect(stores.redis_url)
    await postgres.open()
    async with Api(server.url) as api:
        boss = await api.admin(stores)
        outbox = Outbox(postgres, redis, channel_name(redis, "events"), lambda: None)
        yield Site(stores, server, api, boss, postgres, outbox)
    await redis.aclose()
    await postgres.close()
    runner.close()
    store_house.drop(stores)
