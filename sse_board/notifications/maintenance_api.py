"""`/api/v1/maintenance` for everybody, `/api/v1/admin/maintenance` for those who announce it."""

import uuid
from datetime import datetime
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.clock import Clock
from sse_board.notifications.bulletin import Bulletin
from sse_board.notifications.maintenance import Maintenance
from sse_board.notifications.window import Window
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import read_json
from sse_board.web.identity import Authenticator, require_admin

#: PostgreSQL's text holds everything but NUL.
_TEXT = r"^[^\x00]*$"
#: What the maintenance is for: characters.
MESSAGE_LENGTH = 1_000
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class MaintenanceBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    starts_at: Moment
    ends_at: Moment
    message: Annotated[str, msgspec.Meta(min_length=1, max_length=MESSAGE_LENGTH, pattern=_TEXT)]


class MaintenanceApi:
    def __init__(
        self, authenticator: Authenticator, maintenance: Maintenance, bulletin: Bulletin, clock: Clock
    ) -> None:
        self._authenticator = authenticator
        self._maintenance = maintenance
        self._bulletin = bulletin
        self._clock = clock

    def routes(self) -> list[Route]:
        path = "/api/v1/admin/maintenance"
        return [
            Route("/api/v1/maintenance", self.ahead, methods=["GET"]),
            Route(path, self.schedule, methods=["POST"]),
            Route(path, self.recent, methods=["GET"]),
            Route(f"{path}/{{maintenance_id:uuid}}", self.call_off, methods=["DELETE"]),
        ]

    async def ahead(self, request: Request) -> Response:
        return ok({"maintenance": self._bulletin.shown()}, headers={"Cache-Control": "no-cache"})

    async def schedule(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        body = await read_json(request, MaintenanceBody)
        window = Window(str(uuid.uuid4()), body.starts_at, body.ends_at, body.message)
        await self._maintenance.schedule(window, actor, request_id(request))
        return ok(window.shown(self._clock()), 201)

    async def recent(self, request: Request) -> Response:
        require_admin(self._authenticator, request)
        now = self._clock()
        return ok({"maintenance": [window.shown(now) for window in await self._maintenance.recent()]})

    async def call_off(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        id = str(request.path_params["maintenance_id"])
        await self._maintenance.call_off(id, actor, request_id(request))
        return ok({"id": id})
