"""Deletes what no inbox shows any more; the worker calls it now and then."""

from sse_board.notifications.inbox import INBOX_KEPT
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

#: Rows per statement, so that none takes long; the next round takes the rest.
NOTICES = 5_000
#: The same of announcements, each of which takes its receipts with it, one for everybody who was handed it.
ANNOUNCEMENTS = 10


async def tidy(postgres: Postgres) -> int:
    """The number of notices, announcements and maintenance windows deleted. Raises Unavailable."""
    inbox = Queries("inbox")
    notices = await postgres.run(inbox.forget_notices, kept=INBOX_KEPT, limit=NOTICES)
    announcements = await postgres.run(inbox.forget_announcements, kept=INBOX_KEPT, limit=ANNOUNCEMENTS)
    return notices + announcements + await postgres.run(Queries("maintenance").forget, kept=INBOX_KEPT)
