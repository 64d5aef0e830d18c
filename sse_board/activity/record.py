"""What the feed shall tell of, written in the transaction of what happened; the active worker tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries
from sse_board.web.answers import encode

_queries = Queries("activity")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a player did: `kind` is one of `activity/kinds.py`.

    `data` are its fields as they are told, without those of the player and the board.
    """

    kind: str
    user_id: str
    board: str | None
    data: Mapping[str, Any]


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
