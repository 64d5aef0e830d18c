"""Telling users something that is for them alone: kept in their inbox, told to whoever listens."""

from collections.abc import Sequence

from sse_board.live.events.outbox import Writing
from sse_board.notifications.notice import Notice
from sse_board.stores.queries import Queries

__all__ = ["Notice", "notify"]

_queries = Queries("inbox")


async def notify(writing: Writing, notices: Sequence[Notice]) -> None:
    """Keep and tell them with the transaction that they speak of, by one query for all.

    What a user has switched off is neither kept nor told; without `realTimeNotifications` it is kept and not told.
    CRITICAL asks for no preferences. Users that nobody knows are passed over.
    """
    if not notices:
        return
    rows = await (await writing.connection.execute(_queries.keep, _columns(notices))).fetchall()
    for number, id, at in rows:
        writing.tell(notices[number - 1].event(id, at))


def _columns(notices: Sequence[Notice]) -> dict[str, list[str | None]]:
    return {
        "users": [notice.user_id for notice in notices],
        "categories": [notice.category for notice in notices],
        "titles": [notice.title for notice in notices],
        "messages": [notice.message for notice in notices],
        "types": [notice.type for notice in notices],
        "priorities": [notice.priority for notice in notices],
        "links": [notice.link for notice in notices],
    }
