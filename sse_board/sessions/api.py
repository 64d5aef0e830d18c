"""`POST /api/v1/sessions`: a run begins."""

import uuid
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.clock import Clock, iso
from sse_board.errors import InvalidRequest
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.answers import ok
from sse_board.web.bodies import read_json
from sse_board.web.identity import Authenticator, require_user

_queries = Queries("sessions")


class StartBody(msgspec.Struct):
    app: str


class SessionsApi:
    def __init__(
        self,
        postgres: Postgres,
        authenticator: Authenticator,
        apps: Callable[[], frozenset[str]],
        clock: Clock,
    ) -> None:
        self._postgres = postgres
        self._authenticator = authenticator
        self._apps = apps
        self._clock = clock

    def routes(self) -> list[Route]:
        return [Route("/api/v1/sessions", self.start, methods=["POST"])]

    async def start(self, request: Request) -> Response:
        identity = require_user(self._authenticator, request)
        body = await read_json(request, StartBody)
        if body.app not in self._apps():
            raise InvalidRequest(
                "There is no such app.", details={"app": f"one of {', '.join(sorted(self._apps()))}"}
            )
        run_id, now = str(uuid.uuid4()), self._clock()
        await self._postgres.run(_queries.start, id=run_id, user_id=identity.user_id, app=body.app, started_at=now)
        return ok({"sessionId": run_id, "app": body.app, "startedAt": iso(now)}, 201)
