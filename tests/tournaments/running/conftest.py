"""Two web servers and a worker, and those who run tournaments on them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from tests.support.clients import Api, Player
from tests.support.organiser import Organiser
from tests.support.servers import Runner, StoreHouse, Stores, WebServer

#: Tests send more than people do.
PLENTY: dict[str, Any] = {"RATE_LIMIT_IP_PER_MINUTE": 1_000_000}


@dataclass(frozen=True, slots=True)
class Site:
    """`other`: the same site by another process. `rival` is an organiser, too, `boss` an admin."""

    stores: Stores
    server: WebServer
    api: Api
    other: Api
    boss: Player
    organiser: Organiser
    rival: Organiser

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database has."""
        with psycopg.connect(self.stores.database_url, autocommit=True) as database:
            return database.execute(query, values).fetchall()

    async def user(self, role: str = "PARTICIPANT") -> Player:
        player = await self.api.register()
        if role == "PARTICIPANT":
            return player
        with psycopg.connect(self.stores.database_url, autocommit=True) as database:
            database.execute("update users set role = %s where id = %s", [role, player.id])
        return await self.api.log_in(player.username)


@pytest_asyncio.fixture(scope="package")
async def site(store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """One for all tests of this folder."""
    stores, runner = store_house.fresh(), Runner(tmp_path_factory.mktemp("tournaments"))
    runner.work(stores)
    first, second = runner.serve_two(stores, **PLENTY)
    async with Api(first.url) as api, Api(second.url) as other:
        boss = await api.admin(stores)
        bare = Site(stores, first, api, other, boss, Organiser(boss), Organiser(boss))
        organisers = [Organiser(await bare.user("ORGANIZER")) for _ in range(2)]
        yield Site(stores, first, api, other, boss, *organisers)
    runner.close()
    store_house.drop(stores)
