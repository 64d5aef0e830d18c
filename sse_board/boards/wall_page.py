"""`/kiosk/{slug}`: one board, or several in turn, that fill a screen and are read from afar."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.boards.board import Window
from sse_board.boards.catalog import BoardCatalog, known_slug
from sse_board.boards.pages import HOME_ROWS, stream_url
from sse_board.boards.panel import panel
from sse_board.boards.reader import BoardReader
from sse_board.boards.wall import Screen, next_url, turns_of, url_of
from sse_board.web.templates import Templates
from sse_board.web.walls import Walls

#: How long one board of a rotation stands where nobody says it: seconds.
ROTATION_SECONDS = 20


class WallPages:
    def __init__(self, catalog: BoardCatalog, reader: BoardReader, templates: Templates, walls: Walls) -> None:
        self._catalog = catalog
        self._reader = reader
        self._templates = templates
        self._walls = walls

    def routes(self) -> list[Route]:
        return [Route("/kiosk/{slug}", self.kiosk, methods=["GET"])]

    async def kiosk(self, request: Request) -> Response:
        """`?rotate=a,b&seconds=20&theme=dark`: raises NotFound for an unknown board, InvalidRequest."""
        slug, query = known_slug(request.path_params["slug"]), request.url.query
        fittings = self._walls.fittings(request, ROTATION_SECONDS)
        turns = [known_slug(name) for name in turns_of(request.query_params.get("rotate"))]
        slugs = list(dict.fromkeys([slug, *turns]))
        for name in slugs:
            self._catalog.get(name)
        windows = await asyncio.gather(*(self._reader.window(name, HOME_ROWS) for name in slugs))
        return self._templates.page(
            "kiosk.html",
            viewer=None,
            screens=[self._screen(request, window, query) for window in windows],
            stream_url=stream_url(slugs, HOME_ROWS),
            next_url=next_url(slug, turns, query) if turns else None,
            once=slug not in turns,
            **fittings,
        )

    def _screen(self, request: Request, window: Window, query: str) -> Screen:
        slug = window.board.slug
        return Screen(panel(window), url_of(slug, query), self._walls.code(request, f"/boards/{slug}"))
