"""What is old is deleted; what could not be written is written later."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest_asyncio

from sse_board.clock import utc_now
from sse_board.notifications.housekeeping import tidy
from sse_board.notifications.inbox import Inbox
from sse_board.notifications.receipts import LAST_SECONDS, RECEIPTS_LIMIT, Receipts
from sse_board.stores.postgres import STATEMENT_TIMEOUT_MS, Postgres
from tests.live.test_every_event import without_database
from tests.support.clients import eventually
from tests.support.servers import Stores

#: Ids in another order than that of time, as they are.
MANY = """
insert into notices (id, user_id, category, title, message, type, priority, created_at)
select gen_random_uuid(), (select id from users), 'achievements', 'x', 'x', 'INFO', 'NORMAL', clock_timestamp()
from generate_series(1, 2000) returning id
"""
USER = "00000000-0000-4000-8000-000000000001"
FILL = """
insert into users (id, username, username_key, email, email_key, password_hash, role)
values (%(user)s, 'a', 'a', 'a', 'a', '', 'PARTICIPANT');
insert into announcements (id, title, message, type, priority, created_by, created_at)
select ('00000000-0000-4000-8000-' || lpad(days::text, 12, '0'))::uuid, 'x', 'x', 'INFO', 'NORMAL', %(user)s,
       now() - make_interval(days => days)
from unnest(array[0, 29, 31]) days;
insert into receipts
select id, %(user)s, created_at from announcements where created_at < now() - '1 day'::interval;
insert into notices (id, user_id, category, title, message, type, priority, created_at)
select gen_random_uuid(), %(user)s, 'achievements', 'x', 'x', 'INFO', 'NORMAL', now() - make_interval(days => days)
from unnest(array[0, 29, 31]) days;
insert into maintenance (id, starts_at, ends_at, message, created_by, created_at, ended_at)
select gen_random_uuid(), at, at + '1 hour'::interval, 'x', %(user)s, at, at + '1 hour'::interval
from (select now() - make_interval(days => days) as at from unnest(array[0, 31]) days) times;
"""


def query(stores: Stores, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(stores.database_url) as database:
        return database.execute(text).fetchall()


@pytest_asyncio.fixture
async def postgres(own_stores: Stores) -> AsyncIterator[Postgres]:
    with psycopg.connect(own_stores.database_url, cursor_factory=psycopg.ClientCursor) as database:
        database.execute(FILL, {"user": USER})
    postgres = Postgres(own_stores.database_url, size=2)
    await postgres.open()
    yield postgres
    await postgres.close()


async def test_what_no_inbox_shows_is_deleted_with_its_receipts(postgres: Postgres, own_stores: Stores) -> None:
    assert await tidy(postgres) == 3
    counted = "select (select count(*) from {0}), (select count(*) from {1}), (select count(*) from {2})"
    assert query(own_stores, counted.format("notices", "announcements", "maintenance")) == [(2, 2, 1)]
    assert query(own_stores, "select count(*) from receipts") == [(1,)]


async def test_receipts_wait_for_a_database_that_is_gone_and_are_written_once(
    postgres: Postgres, own_stores: Stores
) -> None:
    receipts, newest = Receipts(postgres), "00000000-0000-4000-8000-000000000000"
    unknown = "00000000-0000-4000-8000-00000000dead"
    for _ in range(2):
        receipts.note(USER, [newest, unknown])
        receipts.note(unknown, [newest])
    with without_database(own_stores):
        await receipts.flush()

    async def are_written() -> bool:
        await receipts.flush()
        told = f"select user_id::text from receipts where announcement_id = '{newest}'"
        return query(own_stores, told) == [(USER,)]

    await eventually(are_written)


async def test_reading_all_and_being_handed_all_at_once_do_not_lock_each_other_out(
    postgres: Postgres, own_stores: Stores
) -> None:
    """A deadlock is as if the database had gone: whoever reads would be told so."""
    inbox, receipts = Inbox(postgres, utc_now), Receipts(postgres)
    for _ in range(10):
        told = query(own_stores, MANY)
        receipts.note(USER, [str(row[0]) for row in told])
        read, _ = await asyncio.gather(inbox.read_all(USER), receipts.flush())
        assert read >= len(told)
        assert len(receipts) == 0


async def test_a_process_that_ends_does_not_wait_for_a_database_that_is_busy(
    postgres: Postgres, own_stores: Stores
) -> None:
    receipts = Receipts(postgres)
    receipts.note(USER, [USER])
    with psycopg.connect(own_stores.database_url) as busy:
        busy.execute("lock table receipts")
        async with asyncio.timeout((LAST_SECONDS + STATEMENT_TIMEOUT_MS / 1000) / 2):
            await receipts.close()
    assert len(receipts) == 1


def test_a_database_that_stays_away_costs_no_more_than_so_many_receipts() -> None:
    receipts = Receipts(Postgres("postgresql://nowhere"))
    for number in range(RECEIPTS_LIMIT + 10):
        receipts.note(str(number), ["an announcement"])
    assert len(receipts) == RECEIPTS_LIMIT
