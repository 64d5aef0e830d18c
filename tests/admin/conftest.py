"""A web server and a worker for what admins look into."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tests.support.clients import Api, Player
from tests.support.processes import eventually
from tests.support.servers import Program, Stores, WebServer

#: Tests send more than people do.
PLENTY = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000, "RATE_LIMIT_IP_PER_MINUTE": 1_000_000}


@pytest.fixture(scope="module")
def watched(stores: Stores, serve: Callable[..., WebServer], work: Callable[..., Program]) -> WebServer:
    """A web server, and a worker that looks at what it accepts."""
    worker = work(stores)
    server = serve(stores, **PLENTY)
    eventually(lambda: "worker active" in worker.log_text())
    return server


@pytest_asyncio.fixture(scope="module")
async def api(watched: WebServer) -> AsyncIterator[Api]:
    async with Api(watched.url) as api:
        yield api


@pytest_asyncio.fixture(scope="module")
async def boss(api: Api, stores: Stores) -> Player:
    return await api.admin(stores)
