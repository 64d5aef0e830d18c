"""What the worker deletes, though some of it cannot be deleted."""

import psycopg

from sse_board.settings import load_settings
from sse_board.worker.chores import trying
from sse_board.worker.work import Worker
from tests.support.servers import Stores

OLD_EVENT = (
    "insert into events (position, name, type, data, created_at)"
    " values (1, 'system', 'system.announcement', '{}', now() - interval '8 days')"
)


async def test_what_cannot_be_deleted_keeps_nothing_else_from_it(own_stores: Stores) -> None:
    with psycopg.connect(own_stores.database_url, autocommit=True) as database:
        database.execute("alter table revocations rename to elsewhere")
        database.execute(OLD_EVENT)
        worker = Worker(
            load_settings({"DATABASE_URL": own_stores.database_url, "REDIS_URL": own_stores.redis_url})
        )
        await worker._postgres.open()
        try:
            for chore in worker._chores:
                if chore.name.startswith("tidy"):
                    await trying(chore.name, chore.work())
        finally:
            await worker._postgres.close()
        assert database.execute("select count(*) from events").fetchone() == (0,)
