"""`/api/v1/admin/…`: boards, action types and the audit log."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.admin.action_types import ActionTypeAdministration, ActionTypeEdit, NewActionType
from sse_board.admin.auditing import page, wanted
from sse_board.admin.boards import BoardAdministration, BoardEdit, NewBoard
from sse_board.boards.api import board_payload
from sse_board.boards.catalog import BoardCatalog, known_slug
from sse_board.stores.postgres import Postgres
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import read_exact_json, read_json
from sse_board.web.identity import Authenticator, require_admin


class AdminApi:
    def __init__(
        self,
        postgres: Postgres,
        authenticator: Authenticator,
        catalog: BoardCatalog,
        boards: BoardAdministration,
        types: ActionTypeAdministration,
    ) -> None:
        self._postgres = postgres
        self._authenticator = authenticator
        self._catalog = catalog
        self._boards = boards
        self._types = types

    def routes(self) -> list[Route]:
        return [
            Route("/api/v1/admin/boards", self.create_board, methods=["POST"]),
            Route("/api/v1/admin/boards/{slug}", self.edit_board, methods=["PATCH"]),
            Route("/api/v1/admin/action-types", self.create_type, methods=["POST"]),
            Route("/api/v1/admin/action-types/{slug}", self.edit_type, methods=["PATCH"]),
            Route("/api/v1/admin/audit", self.audit, methods=["GET"]),
        ]

    async def create_board(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        new = await read_json(request, NewBoard)
        await self._boards.create(new, actor, request_id(request))
        return ok(board_payload(self._catalog.get(new.slug)), 201)

    async def edit_board(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        slug = known_slug(request.path_params["slug"])
        await self._boards.edit(slug, await read_json(request, BoardEdit), actor, request_id(request))
        return ok(board_payload(self._catalog.get(slug)))

    async def create_type(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        new = await read_exact_json(request, NewActionType)
        await self._types.create(new, actor, request_id(request))
        return ok(new, 201)

    async def edit_type(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        slug = known_slug(request.path_params["slug"])
        edit = await read_exact_json(request, ActionTypeEdit)
        return ok(await self._types.edit(slug, edit, actor, request_id(request)))

    async def audit(self, request: Request) -> Response:
        require_admin(self._authenticator, request)
        return ok({"audit": await page(self._postgres, wanted(request))})
