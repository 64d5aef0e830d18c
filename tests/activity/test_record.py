"""Entries are written with what they tell of, or not at all."""

import uuid
from collections.abc import AsyncIterator

import pytest_asyncio
from psycopg import Rollback

from sse_board.activity.record import Entry, record
from sse_board.stores.postgres import Postgres
from tests.support.servers import Stores


@pytest_asyncio.fixture
async def postgres(stores: Stores) -> AsyncIterator[Postgres]:
    postgres = Postgres(stores.database_url, size=2)
    await postgres.open()
    yield postgres
    await postgres.close()


async def test_entries_wait_in_order_and_go_with_their_transaction(postgres: Postgres) -> None:
    user = str(uuid.uuid4())
    await postgres.run(
        b"insert into users (id, username, username_key, email, email_key, password_hash, role)"
        b" values (%(id)s, 'Ada', 'ada', 'a', 'a', '', 'PARTICIPANT')",
        id=user,
    )
    entries = [Entry("session.started", user, None, {"app": "typing", "n": n}) for n in range(3)]
    async with postgres.transaction() as connection:
        await record(connection, entries)
    async with postgres.transaction() as connection:
        await record(connection, entries)
        raise Rollback
    rows = await postgres.all(b"select kind, data->>'n' from activity_pending order by id")
    assert rows == [("session.started", str(n)) for n in range(3)]
