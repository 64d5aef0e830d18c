"""A web server and a worker on stores that this folder's tests also write to."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from sse_board.live.events.outbox import Outbox
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import channel_name, connect
from tests.support.clients import Api, Player
from tests.support.servers import Program, Stores, WebServer

#: Tests send more than people do.
PLENTY = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000, "RATE_LIMIT_IP_PER_MINUTE": 1_000_000}


@dataclass(frozen=True, slots=True)
class Site:
    """A server, an admin, and an outbox as the worker has one: nobody listens behind it."""

    stores: Stores
    server: WebServer
    api: Api
    boss: Player
    postgres: Postgres
    outbox: Outbox


@pytest.fixture(scope="module")
def server(stores: Stores, serve: Callable[..., WebServer], work: Callable[..., Program]) -> WebServer:
    work(stores)
    return serve(stores, HEARTBEAT_SECONDS=1, **PLENTY)


@pytest_asyncio.fixture(scope="module")
async def site(stores: Stores, server: WebServer) -> AsyncIterator[Site]:
    postgres, redis = Postgres(stores.database_url, size=3), connect(stores.redis_url)
    await postgres.open()
    async with Api(server.url) as api:
        outbox = Outbox(postgres, redis, channel_name(redis, "events"), lambda: None)
        boss = await api.admin(stores)
        yield Site(stores, server, api, boss, postgres, outbox)
    await redis.aclose()
    await postgres.close()
