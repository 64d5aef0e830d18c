"""`/players/{id}`: a page worth sharing, the same for everybody but for whether the player is here."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from redis import RedisError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.activity.kinds import FEED
from sse_board.clock import from_milliseconds
from sse_board.live.painted import Painted
from sse_board.players.reading import Sheets
from sse_board.presence.marks import Marks
from sse_board.presence.rules import SITE
from sse_board.web.following import page_stream
from sse_board.web.templates import Templates

#: Between two looks at what moves: seconds. What the feed tells of the player makes a page look at once; the rest
#: is what others do to their ranks.
REST_SECONDS = 10
#: As JSON: the page takes from it only that there is news.
STREAM_URL = page_stream([FEED], format="json")

FindViewer = Callable[[Request], Awaitable[Any]]


class Here(NamedTuple):
    """`last_seen`: when, where it is known."""

    is_here: bool
    last_seen: datetime | None


class PlayerPages:
    def __init__(
        self, sheets: Sheets, marks: Marks, templates: Templates, viewer: FindViewer, painted: Painted
    ) -> None:
        self._sheets = sheets
        self._marks = marks
        self._templates = templates
        self._viewer = viewer
        self._painted = painted

    def routes(self) -> list[Route]:
        return [
            Route("/players/{user_id:uuid}", self.player, methods=["GET"]),
            Route("/players/{user_id:uuid}/part", self.part, methods=["GET"]),
        ]

    async def player(self, request: Request) -> Response:
        """Raises NotFound, Unavailable."""
        sheet = await self._sheets.read(str(request.path_params["user_id"]))
        viewer = await self._viewer(request)
        return self._templates.page(
            "player.html",
            viewer=viewer,
            avatar_url=sheet.player.avatar_url,
            here=await self._here(sheet.player.id) if viewer else None,
            version=sheet.version,
            stream_url=STREAM_URL,
            **sheet.parts,
        )

    async def part(self, request: Request) -> Response:
        """What of the page moves, for who polls. Raises NotFound, Unavailable."""
        sheet = await self._sheets.read(str(request.path_params["user_id"]))
        return self._painted.answer(
            request, "fragments/player.html", version=sheet.version, rest=REST_SECONDS, **sheet.parts
        )

    async def _here(self, user_id: str) -> Here | None:
        """For who is logged in, as everywhere; who hides was never here. None while nobody can tell."""
        try:
            (seen,) = await self._marks.find(SITE, [user_id])
        except (RedisError, OSError):
            return None
        return Here(seen.online, None if seen.last_seen is None else from_milliseconds(seen.last_seen))
