"""`/api/v1/sessions`: a run begins, ends unscored, and is found among the live ones."""

from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.clock import Clock, iso
from sse_board.errors import BoardError, InvalidRequest
from sse_board.sessions.finding import canonical
from sse_board.sessions.listing import Listings
from sse_board.sessions.runs import Runs
from sse_board.sessions.shown import row
from sse_board.web.answers import ok
from sse_board.web.bodies import query_integer, read_json
from sse_board.web.identity import Authenticator, require_user

#: Rows of a page, if not told otherwise and at the most; and how far one may page.
PAGE_ROWS, PAGE_LIMIT, OFFSET_LIMIT = 20, 100, 10_000


class StartBody(msgspec.Struct):
    app: str


class SessionsApi:
    def __init__(
        self,
        runs: Runs,
        listings: Listings,
        authenticator: Authenticator,
        apps: Callable[[], frozenset[str]],
        clock: Clock,
    ) -> None:
        self._runs = runs
        self._listings = listings
        self._authenticator = authenticator
        self._apps = apps
        self._clock = clock

    def routes(self) -> list[Route]:
        return [
            Route("/api/v1/sessions", self.start, methods=["POST"]),
            Route("/api/v1/sessions/live", self.live, methods=["GET"]),
            Route("/api/v1/sessions/{session_id}/end", self.end, methods=["POST"]),
        ]

    async def start(self, request: Request) -> Response:
        identity = require_user(self._authenticator, request)
        body = await read_json(request, StartBody)
        if body.app not in self._apps():
            raise self._no_app()
        run_id, started_at = await self._runs.start(identity.user_id, body.app)
        return ok({"sessionId": run_id, "app": body.app, "startedAt": iso(started_at)}, 201)

    async def end(self, request: Request) -> Response:
        """The same answer however often it is asked for; a run that was scored stays so."""
        identity = require_user(self._authenticator, request)
        run = await self._runs.end(canonical(request.path_params["session_id"]), identity.user_id)
        assert run.ended_at is not None
        return ok(
            {
                "sessionId": run.id,
                "app": run.app,
                "startedAt": iso(run.started_at),
                "endedAt": iso(run.ended_at),
                "scored": run.scored_by is not None,
            }
        )

    async def live(self, request: Request) -> Response:
        app = request.query_params.get("app")
        if app is not None and app not in self._apps():
            raise self._no_app()
        limit = query_integer(request, "limit", PAGE_ROWS, 1, PAGE_LIMIT)
        offset = query_integer(request, "offset", 0, 0, OFFSET_LIMIT)
        found = await self._listings.newest(app, limit, offset)
        now = self._clock()
        data = {"sessions": [row(run, now) for run in found.runs], "metrics": found.has_metrics}
        return ok(data, headers={"Cache-Control": "no-store"})

    def _no_app(self) -> BoardError:
        known = ", ".join(sorted(self._apps()))
        return InvalidRequest("There is no such app.", details={"app": f"one of {known}"})
