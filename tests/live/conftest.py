"""Two web processes on the same stores, shared by all tests of this folder that need nothing special of them."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.support.clients import Api, Player
from tests.support.servers import Runner, StoreHouse, Stores, WebServer

#: Tests send more than people do.
PLENTY = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000, "RATE_LIMIT_IP_PER_MINUTE": 1_000_000}


@dataclass(frozen=True, slots=True)
class Pair:
    """`stores`, and two processes that serve them."""

    stores: Stores
    first: WebServer
    second: WebServer

    @property
    def servers(self) -> tuple[WebServer, WebServer]:
        return self.first, self.second


@pytest.fixture(scope="package")
def pair(store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    stores, runner = store_house.fresh(), Runner(tmp_path_factory.mktemp("pair"))
    yield Pair(stores, *runner.serve_two(stores, HEARTBEAT_SECONDS=1, BOARD_TICK_MS=20, **PLENTY))
    runner.close()
    store_house.drop(stores)


@pytest_asyncio.fixture(scope="package")
async def api(pair: Pair) -> AsyncIterator[Api]:
    """The first process."""
    async with Api(pair.first.url) as api:
        yield api


@pytest_asyncio.fixture(scope="package")
async def other(pair: Pair) -> AsyncIterator[Api]:
    """The second process."""
    async with Api(pair.second.url) as api:
        yield api


@pytest_asyncio.fixture(scope="package")
async def admin(api: Api, pair: Pair) -> Player:
    return await api.admin(pair.stores)
