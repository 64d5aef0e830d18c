"""A board room on real stores, without a web server around it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.ranking import Ranking
from sse_board.boards.reader import BoardReader
from sse_board.boards.repair import BoardRepair
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect
from tests.support.servers import Stores


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
