"""`/players/{id}`: who somebody is here."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.achievements.players import Player, Players
from sse_board.activity.feed import Feed
from sse_board.web.templates import Templates

#: Entries of the feed on a player's page.
RECENT_ROWS = 20

FindViewer = Callable[[Request], Awaitable[Any]]


class PlayerPages:
    def __init__(self, players: Players, feed: Feed, templates: Templates, viewer: FindViewer) -> None:
        self._players = players
        self._feed = feed
        self._templates = templates
        self._viewer = viewer

    def routes(self) -> list[Route]:
        return [Route("/players/{user_id:uuid}", self.player, methods=["GET"])]

    async def player(self, request: Request) -> Response:
        player = await self._players.find(str(request.path_params["user_id"]))
        recent = await self._feed.of_user(player.id, RECENT_ROWS)
        return self._templates.page(
            "player.html",
            viewer=await self._viewer(request),
            player=player,
            places=_places(player),
            progress=await self._players.progress(player),
            stories=[entry.payload()["data"] for entry in recent],
        )


def _places(player: Player) -> list[dict[str, Any]]:
    """The boards that the player is on, with formatted scores."""
    return [
        {"board": board, "rank": place.rank, "score": f"{board.shown(place.score):,.{board.decimals}f}"}
        for board, place in player.standings
        if place
    ]
