"""What the feed shall tell of, written in the transaction of what happened; the active worker tells it."""

from collections.abc import Sequence

from sse_board.activity.entry import Entry
from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries
from sse_board.web.answers import encode

__all__ = ["Entry", "record"]

_queries = Queries("activity")


async def record(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries that wait for their publication, within a transaction."""
    if not entries:
        return
    await connection.execute(
        _queries.record,
        {
            "kinds": [entry.kind for entry in entries],
            "users": [entry.user_id for entry in entries],
            "boards": [entry.board for entry in entries],
            "data": [encode(entry.data).decode() for entry in entries],
        },
    )
