"""A web server with its worker, and who uses them."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tests.support.clients import Api, Player
from tests.support.processes import eventually
from tests.support.servers import Program, Stores, WebServer

#: Tests send more than people do, and their runs are short.
PLENTY = {
    "RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000,
    "RATE_LIMIT_IP_PER_MINUTE": 1_000_000,
    "SESSION_MIN_SECONDS": 1,
}


@pytest.fixture(scope="module")
def served(stores: Stores, serve: Callable[..., WebServer], work: Callable[..., Program]) -> WebServer:
    worker = work(stores)
    server = serve(stores, **PLENTY)
    eventually(lambda: "worker active" in worker.log_text())
    return server


@pytest_asyncio.fixture(scope="module")
async def api(served: WebServer) -> AsyncIterator[Api]:
    async with Api(served.url) as api:
        yield api


@pytest_asyncio.fixture(scope="module")
async def boss(api: Api, stores: Stores) -> Player:
    return await api.admin(stores)
