"""A board room on real stores, without a web server around it; and two web servers for what needs them."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from redis.asyncio import Redis

from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.ranking import Ranking
from sse_board.boards.reader import BoardReader
from sse_board.boards.repair import BoardRepair
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect
from tests.support.servers import StoreHouse, Stores, WebServer, lent

FRIEND = "https://friend.example"
#: Tests send more than people do.
PLENTY: dict[str, Any] = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 1_000_000, "RATE_LIMIT_IP_PER_MINUTE": 1_000_000}


@dataclass(frozen=True, slots=True)
class Room:
    postgres: Postgres
    redis: Redis
    catalog: BoardCatalog
    ranking: Ranking
    reader: BoardReader
    repair: BoardRepair


@pytest.fixture
async def room(own_stores: Stores) -> AsyncIterator[Room]:
    postgres, redis = Postgres(own_stores.database_url, size=2), connect(own_stores.redis_url, timeout=5)
    await postgres.open()
    catalog = BoardCatalog(postgres)
    await catalog.refresh()
    ranking = Ranking(redis)
    reader = BoardReader(catalog, ranking, postgres)
    yield Room(postgres, redis, catalog, ranking, reader, BoardRepair(catalog, ranking, postgres, redis))
    await redis.aclose()
    await postgres.close()


@pytest.fixture(scope="package")
def servers(
    store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WebServer, WebServer]]:
    """Two processes on the same stores, for all tests that read boards."""
    with lent(store_house, tmp_path_factory.mktemp("boards")) as (stores, runner):
        yield runner.serve_two(stores, ALLOWED_ORIGINS=FRIEND, **PLENTY)
