"""One server for all tests of this folder that need nothing special of it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from tests.support.clients import Api, Player
from tests.support.routes import Sender
from tests.support.servers import Runner, StoreHouse, Stores, WebServer

#: Tests send more than people do.
PLENTY: dict[str, Any] = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 1_000_000, "RATE_LIMIT_IP_PER_MINUTE": 10_000_000}


@pytest.fixture(scope="package")
def shared_stores(store_house: StoreHouse) -> Iterator[Stores]:
    stores = store_house.fresh()
    yield stores
    store_house.drop(stores)


@pytest.fixture(scope="package")
def shared_server(shared_stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    runner = Runner(tmp_path_factory.mktemp("shared"))
    yield runner.serve(shared_stores, **PLENTY)
    runner.close()


@pytest.fixture(scope="package")
def database(shared_stores: Stores) -> Iterator[psycopg.Connection]:
    """What the shared server writes to."""
    with psycopg.connect(shared_stores.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="package")
def http(shared_server: WebServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared_server.url, trust_env=False, timeout=30) as client:
        yield client


@pytest_asyncio.fixture(scope="package")
async def shared_api(shared_server: WebServer) -> AsyncIterator[Api]:
    async with Api(shared_server.url) as api:
        yield api


@pytest_asyncio.fixture(scope="package")
async def player(shared_api: Api) -> Player:
    """Has a score, so that there is something to spoil."""
    player = await shared_api.register("Ordinary Player")
    await player.score("task_finish")
    return player


@pytest_asyncio.fixture(scope="package")
async def admin(shared_api: Api, shared_stores: Stores) -> Player:
    return await shared_api.admin(shared_stores)


@pytest.fixture(scope="package")
def sender(http: httpx.Client, player: Player, admin: Player) -> Sender:
    return Sender(http, {"player": player, "admin": admin})
