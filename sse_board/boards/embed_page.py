"""`/embed/{slug}`: one board for the page, stream or video of somebody else; always anonymous."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.boards.catalog import BoardCatalog, known_slug
from sse_board.boards.embedding import look_of, stylesheet
from sse_board.boards.pages import stream_url
from sse_board.boards.panel import panel
from sse_board.boards.reader import BoardReader
from sse_board.web.middleware import FRAMED_BY_ANYBODY
from sse_board.web.templates import Templates

#: The style is made of its address, and of this version: a browser may keep it for so long: seconds.
STYLE_SECONDS = 3_600


class EmbedPages:
    def __init__(self, catalog: BoardCatalog, reader: BoardReader, templates: Templates) -> None:
        self._catalog = catalog
        self._reader = reader
        self._templates = templates

    def routes(self) -> list[Route]:
        return [
            Route("/embed/{slug}", self.embed, methods=["GET"]),
            Route("/embed/{slug}/style.css", self.style, methods=["GET"]),
        ]

    async def embed(self, request: Request) -> Response:
        """Raises NotFound, InvalidRequest."""
        slug, look = known_slug(request.path_params["slug"]), look_of(request)
        window = await self._reader.window(self._catalog.get(slug).slug, look.window)
        page = self._templates.page(
            "embed.html",
            viewer=None,
            panel=panel(window),
            stream_url=stream_url([slug], look.window),
            theme=look.theme,
            style_url=f"/embed/{slug}/style.css?{request.url.query}",
        )
        page.headers.update(FRAMED_BY_ANYBODY)
        return page

    async def style(self, request: Request) -> Response:
        """Raises NotFound, InvalidRequest."""
        known_slug(request.path_params["slug"])
        keep = {"Cache-Control": f"public, max-age={STYLE_SECONDS}"}
        return Response(stylesheet(look_of(request)), headers=keep, media_type="text/css")
