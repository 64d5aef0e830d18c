"""`PATCH /api/v1/admin/users/{id}`: role and block."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sse_board.accounts.administration import Actor, Administration
from sse_board.accounts.authentication import Authentication
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import read_json, set_fields
from sse_board.web.identity import Role, require_admin


class UserBody(msgspec.Struct, forbid_unknown_fields=True):
    role: Role | msgspec.UnsetType = msgspec.UNSET
    blocked: bool | msgspec.UnsetType = msgspec.UNSET


class UsersAdminApi:
    """For admins only."""

    def __init__(self, authentication: Authentication, administration: Administration) -> None:
        self._authentication = authentication
        self._administration = administration

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/v1/admin/users/{user_id:uuid}", self.change, methods=["PATCH"])]

    async def change(self, request: Request) -> Response:
        admin = require_admin(self._authentication, request)
        body = await read_json(request, UserBody)
        actor = Actor(admin.user_id, request_id(request))
        user_id = str(request.path_params["user_id"])
        return ok({"user": await self._administration.change(actor, user_id, **set_fields(body))})
