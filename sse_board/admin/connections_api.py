"""`/api/v1/admin/connections`: who is connected, who was, and ending it; `/api/v1/admin/health`."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.admin.connections import Connections, Wanted
from sse_board.admin.health import HealthBoard
from sse_board.admin.history import page
from sse_board.stores.postgres import Postgres
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import UUID, query_integer, query_matching
from sse_board.web.identity import Authenticator, require_admin

#: Connections in one answer.
PAGE_ROWS = 100
#: Behind every row that there will be, and still exact in JSON: each connection takes two or three numbers, so a
#: billion are gone in a few months.
LAST_PLACE = 999_999_999_999_999

_NO_STORE = {"Cache-Control": "private, no-store"}


class ConnectionsApi:
    def __init__(
        self, authenticator: Authenticator, postgres: Postgres, connections: Connections, health: HealthBoard
    ) -> None:
        self._authenticator = authenticator
        self._postgres = postgres
        self._connections = connections
        self._health = health

    def routes(self) -> list[Route]:
        path = "/api/v1/admin/connections"
        return [
            Route(path, self.connections, methods=["GET"]),
            Route(f"{path}/history", self.history, methods=["GET"]),
            Route(f"{path}/{{session_id:uuid}}", self.end, methods=["DELETE"]),
            Route("/api/v1/admin/health", self.health, methods=["GET"]),
        ]

    async def connections(self, request: Request) -> Response:
        require_admin(self._authenticator, request)
        limit = query_integer(request, "limit", PAGE_ROWS, 1, PAGE_ROWS)
        found = await self._connections.page(Wanted(_id(request, "user"), _id(request, "after") or "", limit))
        return ok(asdict(found), headers=_NO_STORE)

    async def end(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        session_id = str(request.path_params["session_id"])
        await self._connections.end(session_id, actor, request_id(request))
        return ok({"sessionId": session_id})

    async def history(self, request: Request) -> Response:
        require_admin(self._authenticator, request)
        limit = query_integer(request, "limit", PAGE_ROWS, 1, PAGE_ROWS)
        before = query_integer(request, "before", LAST_PLACE, 1, LAST_PLACE)
        return ok({"connections": await page(self._postgres, _id(request, "user"), before, limit)})

    async def health(self, request: Request) -> Response:
        require_admin(self._authenticator, request)
        return ok(self._health.payload(), headers=_NO_STORE)


def _id(request: Request, name: str) -> str | None:
    """In lower case, as ids are inside. Raises InvalidRequest."""
    value = query_matching(request, name, UUID, "an id")
    return value and value.lower()
