"""A database that goes away and comes back, as the pool sees it."""

import asyncio
import time
from pathlib import Path

import pytest

from sse_board.errors import Unavailable
from sse_board.stores.embedded import Embedded
from sse_board.stores.postgres import Postgres
from tests.support.clients import eventually

SELECT = b"select 1"


def kill(pair: Embedded) -> None:
    assert pair.postgres.process is not None
    pair.postgres.process.kill()
    pair.postgres.process.wait()


async def answers(postgres: Postgres) -> bool:
    try:
        return await postgres.one(SELECT) == (1,)
    except Unavailable:
        return False


async def refuses(postgres: Postgres) -> bool:
    return not await answers(postgres)


async def test_a_database_that_comes_back_is_used_at_once_and_by_everybody(tmp_path: Path) -> None:
    pair = Embedded(tmp_path / "data")
    pair.start()
    postgres = Postgres(pair.database_url(), size=4)
    await postgres.open()
    kill(pair)
    await eventually(lambda: refuses(postgres))  # who served us may outlive its master by a moment
    pair.postgres.start()
    await eventually(lambda: answers(postgres), 15)
    started = time.monotonic()
    assert all(await asyncio.gather(*(answers(postgres) for _ in range(20)))), "no dead connection is left"
    assert time.monotonic() - started < 3
    await postgres.close()
    pair.stop(2)


async def test_who_waits_for_no_database_may_open_before_it_is_there(tmp_path: Path) -> None:
    pair = Embedded(tmp_path / "data")
    pair.start()
    kill(pair)
    postgres = Postgres(pair.database_url(), size=1)
    await postgres.open(wait=False)
    with pytest.raises(Unavailable):
        await postgres.one(SELECT)
    pair.postgres.start()
    await eventually(lambda: answers(postgres), 15)
    await postgres.close()
    pair.stop(2)
