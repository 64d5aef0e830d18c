"""Deletes what no answer depends on any more; the worker calls it now and then."""

from datetime import timedelta

from sse_board.accounts.revocations import KEPT
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

#: Ended logins stay visible to admins as long as the history of connections.
LOGINS_KEPT = timedelta(days=7)
#: Rows per statement, so that none takes long; the next round takes the rest.
ROWS = 5_000


async def tidy(postgres: Postgres) -> int:
    """The number of rows deleted. Raises Unavailable."""
    queries = Queries("accounts")
    revocations = await postgres.run(queries.delete_old_revocations, kept=KEPT, limit=ROWS)
    tokens = await postgres.run(queries.delete_expired_tokens, limit=ROWS)
    logins = await postgres.run(queries.delete_old_logins, kept=LOGINS_KEPT, limit=ROWS)
    return revocations + tokens + logins
