"""The log keeps events for a week; where it grows too long only public feeds shrink."""

from collections.abc import AsyncIterator

import psycopg
import pytest_asyncio

from sse_board.live.events.history import History
from sse_board.live.events.retention import forget
from sse_board.stores.postgres import Postgres
from tests.support.servers import Stores


@pytest_asyncio.fixture
async def postgres(own_stores: Stores) -> AsyncIterator[Postgres]:
    postgres = Postgres(own_stores.database_url, size=2)
    await postgres.open()
    yield postgres
    await postgres.close()


def write(stores: Stores, *events: tuple[str, int]) -> None:
    """Events by name and age in days, at places 1, 2, 3…"""
    with psycopg.connect(stores.database_url) as database:
        for position, (name, days) in enumerate(events, 1):
            database.execute(
                "insert into events values (%s, %s, 'test', '{}', now() - make_interval(days => %s))",
                [position, name, days],
            )
        database.execute("update commits set events = %s", [len(events)])


def kept(stores: Stores) -> list[int]:
    with psycopg.connect(stores.database_url) as database:
        return [row[0] for row in database.execute("select position from events order by position")]


async def test_events_are_forgotten_after_a_week_and_that_is_written_down(
    postgres: Postgres, own_stores: Stores
) -> None:
    write(own_stores, ("system", 9), ("system", 8), ("system", 6), ("system", 0))
    assert await forget(postgres, ()) == 2
    assert kept(own_stores) == [3, 4]
    assert (await History(postgres).replay(["system"], 0, 10)).forgotten(["system"]) == 2
    assert await History(postgres).ends() == (4, 2)


async def test_above_its_limit_the_log_loses_the_oldest_of_the_public_feeds_alone(
    postgres: Postgres, own_stores: Stores
) -> None:
    write(own_stores, ("system", 1), ("feed", 1), ("user:x:notifications", 1), ("feed", 1), ("feed", 0))
    assert await forget(postgres, ["feed"], rows=3) == 2
    assert kept(own_stores) == [1, 3, 5]
    history = History(postgres)
    assert (await history.replay(["feed"], 0, 10)).forgotten(["feed"]) == 4
    assert (await history.replay(["system"], 0, 10)).forgotten(["system"]) == 0


async def test_a_log_within_its_limits_stays_whole(postgres: Postgres, own_stores: Stores) -> None:
    write(own_stores, ("feed", 6), ("system", 0))
    assert await forget(postgres, ["feed"]) == 0
    assert kept(own_stores) == [1, 2]
