"""The feed as it was told, page by page."""

from collections.abc import Sequence
from typing import Any

from sse_board.activity.entry import Told
from sse_board.activity.kinds import EVENTS
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.bodies import exact

_queries = Queries("activity")

#: Behind every entry: where paging begins.
END = 2**62


class Feed:
    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def page(self, before: int = END, limit: int = 50, kind: str | None = None) -> list[Told]:
        """The newest first. New entries change nothing about the pages behind a place. Raises Unavailable."""
        query = _queries.page if kind is None else _queries.page_of_kind
        return _told(await self._postgres.all(query, before=before, limit=limit, kind=kind))

    async def of_user(self, user_id: str, limit: int) -> list[Told]:
        """The newest of one player. Raises Unavailable."""
        return _told(await self._postgres.all(_queries.page_of_user, user_id=user_id, limit=limit))


def _told(rows: Sequence[Any]) -> list[Told]:
    return [Told(id, kind, exact(data), at) for id, kind, data, at in rows if kind in EVENTS]
