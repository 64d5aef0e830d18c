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
from sse_board.live.channels import CHANNELS_LIMIT
from sse_board.web.following import RESERVED_CHANNELS
from sse_board.web.templates import Templates

#: Rows of each board on the front page, and of a board on its own page: windows that streams offer.
HOME_ROWS = 10
BOARD_ROWS = 100

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


def stream_url(slugs: Sequence[str], limit: int) -> str:
    """The one stream of a page."""
    named = len(slugs) + RESERVED_CHANNELS <= CHANNELS_LIMIT
    channels = ",".join(PREFIX + slug for slug in slugs) if named else PREFIX + "*"
    query = urlencode({"channels": channels, "format": "html", "limit": limit}, safe=":,*")
    return f"/api/v1/stream?{query}"
