"""Writing to the log of events on real stores, without a server; and two web servers for what needs them."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from sse_board.live.events.outbox import Outbox
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect
from tests.support.servers import Runner, StoreHouse, Stores, WebServer, lent


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


@pytest.fixture(scope="package")
def _shared(store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stores, Runner]]:
    with lent(store_house, tmp_path_factory.mktemp("scores")) as shared:
        yield shared


@pytest.fixture(scope="package")
def stores(_shared: tuple[Stores, Runner]) -> Stores:
    """What the two web servers run on."""
    return _shared[0]


@pytest.fixture(scope="package")
def pair(_shared: tuple[Stores, Runner]) -> tuple[WebServer, WebServer]:
    stores, runner = _shared
    return runner.serve_two(stores, RATE_LIMIT_IP_PER_MINUTE=100_000, SESSION_MIN_SECONDS=1)
