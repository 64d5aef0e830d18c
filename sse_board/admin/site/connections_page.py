"""Who is connected, over all processes; each connection can be ended."""

from collections.abc import Mapping
from typing import Any

from sse_board.accounts.directory import named
from sse_board.admin.comings import CHANNEL
from sse_board.admin.connections import Connections, Page, Wanted
from sse_board.admin.health import HealthBoard
from sse_board.admin.site.fields import asked_id, id_in
from sse_board.admin.site.subject import Fields, Form, Subject
from sse_board.stores.postgres import Postgres
from sse_board.web.bodies import UUID
from sse_board.web.identity import Identity

#: Connections of one page.
PAGE_ROWS = 25


class ConnectionsPage:
    def __init__(self, postgres: Postgres, board: HealthBoard, connections: Connections) -> None:
        self._postgres = postgres
        self._board = board
        self._connections = connections

    @property
    def subject(self) -> Subject:
        forms = {"connections": Form(self.end, "The connection is ended. Browsers come back by themselves.")}
        return Subject("connections", "Connections", self.show, forms, CHANNEL)

    async def show(self, query: Fields) -> Mapping[str, Any]:
        """`user`: whose, by name or id; `after`: behind this one. Raises Unavailable where a name is asked for."""
        whose = query.get("user", "").strip()
        user_id = await self._user(whose) if whose else None
        after = asked_id(query, "after") or ""
        wanted = Wanted(user_id, after, PAGE_ROWS)
        found = None if whose and user_id is None else await self._connections.page(wanted)
        streams = self._board.payload()["streams"]
        return {
            "whose": whose,
            "found": found,
            "streams": streams,
            "live": _live(streams, None if whose or after else found),
        }

    async def _user(self, whose: str) -> str | None:
        """An id needs no database."""
        return whose.lower() if UUID.fullmatch(whose) else await named(self._postgres, whose)

    async def end(self, form: Fields, actor: Identity, request_id: str) -> None:
        await self._connections.end(id_in(form, "sessionId"), actor, request_id)


def _live(streams: Mapping[str, int], found: Page | None) -> int:
    """How many there are: counted where all are on the page, else as the last beats say."""
    if found is None or found.more or found.unanswered:
        return streams["sse"] + streams["websocket"]
    return len(found.connections)
