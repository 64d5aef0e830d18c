"""Writing to the log of events on real stores, without a server."""

from collections.abc import AsyncIterator

import pytest_asyncio

from sse_board.live.events.outbox import Outbox
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect
from tests.support.servers import Stores


@pytest_asyncio.fixture
async def postgres(own_stores: Stores) -> AsyncIterator[Postgres]:
    postgres = Postgres(own_stores.database_url, size=4)
    await postgres.open()
    yield postgres
    await postgres.close()


@pytest_asyncio.fixture
async def outbox(own_stores: Stores, postgres: Postgres) -> AsyncIterator[Outbox]:
    redis = connect(own_stores.redis_url)
    yield Outbox(postgres, redis, "hints", lambda: None)
    await redis.aclose()
