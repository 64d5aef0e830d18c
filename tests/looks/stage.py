"""The showcase outside of the tests: for pictures and audits."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.looks.onlooker import Onlooker
from tests.looks.showcase import furnish, serve_showcase
from tests.support.browsers import chromium
from tests.support.clients import Api
from tests.support.servers import Runner, StoreHouse


@asynccontextmanager
async def stage() -> AsyncIterator[Onlooker]:
    """Stores, a server, a worker and a browser, with everything on them; all of it ends with this."""
    with tempfile.TemporaryDirectory() as name:
        house, runner = StoreHouse(Path(name, "stores")), Runner(Path(name))
        house.open()
        try:
            stores = house.fresh()
            server = serve_showcase(stores, runner)
            async with Api(server.url) as api, chromium() as browser:
                yield Onlooker(browser, await furnish(api, stores))
        finally:
            runner.close()
            house.close()
