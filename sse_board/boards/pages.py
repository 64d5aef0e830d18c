"""`/` and `/boards/{slug}`: painted here, kept true by one stream."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.boards.catalog import BoardCatalog, known_slug
from sse_board.boards.channels import PREFIX
from sse_board.boards.panel import panel
from sse_board.boards.reader import BoardReader
from sse_board.errors import InvalidRequest
from sse_board.live.channels import CHANNELS_LIMIT
from sse_board.web.bodies import query_integer
from sse_board.web.following import RESERVED_CHANNELS
from sse_board.web.templates import Templates

#: Rows of each board on the front page, and of a board on its own page: windows that streams offer.
HOME_ROWS = 10
BOARD_ROWS = 100
#: How long a kiosk shows one board of its rotation, and what may be asked for: seconds.
ROTATION_SECONDS, ROTATION_RANGE = 20, (5, 3_600)
THEMES = ("auto", "light", "dark")

FindViewer = Callable[[Request], Awaitable[Any]]


class BoardPages:
    def __init__(
        self, catalog: BoardCatalog, reader: BoardReader, templates: Templates, viewer: FindViewer
    ) -> None:
        self._catalog = catalog
        self._reader = reader
        self._templates = templates
        self._viewer = viewer

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/boards/{slug}", self.board, methods=["GET"]),
            Route("/kiosk/{slug}", self.kiosk, methods=["GET"]),
        ]

    async def home(self, request: Request) -> Response:
        slugs = [board.slug for board in self._catalog]
        windows = await asyncio.gather(*(self._reader.window(slug, HOME_ROWS) for slug in slugs))
        return self._templates.page(
            "home.html",
            viewer=await self._viewer(request),
            panels=[panel(window) for window in windows],
            stream_url=stream_url(slugs, HOME_ROWS),
        )

    async def board(self, request: Request) -> Response:
        slug = known_slug(request.path_params["slug"])
        window = await self._reader.window(slug, BOARD_ROWS)
        return self._templates.page(
            "board.html",
            viewer=await self._viewer(request),
            panel=panel(window),
            stream_url=stream_url([slug], BOARD_ROWS),
        )

    async def kiosk(self, request: Request) -> Response:
        """`?rotate=a,b&seconds=20&theme=dark`: raises NotFound for an unknown board, InvalidRequest."""
        slug = known_slug(request.path_params["slug"])
        seconds = query_integer(request, "seconds", ROTATION_SECONDS, *ROTATION_RANGE)
        theme = request.query_params.get("theme", "auto")
        if theme not in THEMES:
            raise InvalidRequest(f"`theme` must be one of {', '.join(THEMES)}.", details={"theme": theme})
        turns = [self._catalog.get(known_slug(name)).slug for name in _names(request.query_params.get("rotate"))]
        window = await self._reader.window(slug, HOME_ROWS)
        return self._templates.page(
            "kiosk.html",
            viewer=None,
            panel=panel(window),
            stream_url=stream_url([slug], HOME_ROWS),
            theme=theme,
            seconds=seconds,
            next_url=next_url(slug, turns, request.url.query) if turns else None,
        )


def _names(rotate: str | None) -> list[str]:
    return [name.strip() for name in (rotate or "").split(",") if name.strip()]


def next_url(slug: str, turns: Sequence[str], query: str) -> str:
    """The kiosk page that follows this one; a board that is not in its own rotation leads to the first."""
    following = turns[(turns.index(slug) + 1) % len(turns)] if slug in turns else turns[0]
    return f"/kiosk/{following}?{query}"


def stream_url(slugs: Sequence[str], limit: int) -> str:
    """The one stream of a page."""
    named = len(slugs) + RESERVED_CHANNELS <= CHANNELS_LIMIT
    channels = ",".join(PREFIX + slug for slug in slugs) if named else PREFIX + "*"
    query = urlencode({"channels": channels, "format": "html", "limit": limit}, safe=":,*")
    return f"/api/v1/stream?{query}"
