"""`/api/v1/achievements`, those of a player, and what admins do about them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.achievements.administration import AchievementAdministration, AchievementEdit, NewAchievement
from sse_board.achievements.players import Players
from sse_board.boards.catalog import known_slug
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import read_exact_json
from sse_board.web.identity import Authenticator, require_admin


class AchievementsApi:
    def __init__(
        self, players: Players, authenticator: Authenticator, administration: AchievementAdministration
    ) -> None:
        self._players = players
        self._authenticator = authenticator
        self._administration = administration

    def routes(self) -> list[Route]:
        admin = "/api/v1/admin/achievements"
        return [
            Route("/api/v1/achievements", self.listed, methods=["GET"]),
            Route("/api/v1/users/{user_id:uuid}/achievements", self.of_player, methods=["GET"]),
            Route(admin, self.create, methods=["POST"]),
            Route(admin + "/{slug}", self.edit, methods=["PATCH"]),
        ]

    async def listed(self, request: Request) -> Response:
        return ok({"achievements": await self._players.listed()})

    async def of_player(self, request: Request) -> Response:
        player = await self._players.find(str(request.path_params["user_id"]))
        return ok(await self._players.progress(player))

    async def create(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        new = await read_exact_json(request, NewAchievement)
        return ok(await self._administration.create(new, actor, request_id(request)), 201)

    async def edit(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        slug = known_slug(request.path_params["slug"])
        edit = await read_exact_json(request, AchievementEdit)
        return ok(await self._administration.edit(slug, edit, actor, request_id(request)))
