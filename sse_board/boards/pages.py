"""`/` and `/boards/{slug}`: painted here, kept true by one stream."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sse_board.boards.board import Window
from sse_board.boards.catalog import BoardCatalog, known_slug
from sse_board.boards.channels import PREFIX
from sse_board.boards.panel import PAGE_ROWS, panel
from sse_board.boards.place import OwnPlace, own_place
from sse_board.boards.question import OFFSET_LIMIT, player_meant
from sse_board.boards.reader import BoardReader
from sse_board.errors import NotFound, Unauthorized
from sse_board.live.channels import CHANNELS_LIMIT
from sse_board.web.bodies import query_integer
from sse_board.web.following import RESERVED_CHANNELS, page_stream
from sse_board.web.templates import Templates

#: Rows of each board on the front page: a window that streams offer.
HOME_ROWS = 10
#: Rows above and below a player on the page around them: a screen of a laptop.
RADIUS = 10
PAGES_LIMIT = OFFSET_LIMIT // PAGE_ROWS

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
        """`?page=2`, or `?around=me` or a user id; who is on no place is told so, and shown the first. Raises
        NotFound for an unknown board, InvalidRequest."""
        slug, viewer = known_slug(request.path_params["slug"]), await self._viewer(request)
        around, number = request.query_params.get("around"), query_integer(request, "page", 1, 1, PAGES_LIMIT)
        try:
            window = await self._around(slug, around, viewer) if around else None
        except Unauthorized:
            return _to_login(slug)
        shown = window or await self._reader.window(slug, PAGE_ROWS, (number - 1) * PAGE_ROWS)
        painted = panel(shown, around, RADIUS) if window else panel(shown)
        return self._templates.page(
            "board.html",
            viewer=viewer,
            panel=painted,
            around=around if window else None,
            missing=around if window is None else None,
            own=await self._own(shown, viewer) if viewer else None,
            stream_url=stream_url([slug], PAGE_ROWS) if painted.channel else _waking(around if viewer else None),
        )

    async def _around(self, slug: str, around: str, viewer: Any) -> Window | None:
        """None for who is on no place. Raises Unauthorized, InvalidRequest, NotFound for an unknown board."""
        player = player_meant(around, viewer.id if viewer else None)
        await self._catalog.require(slug)
        try:
            return await self._reader.around(slug, player, RADIUS)
        except NotFound:
            return None

    async def _own(self, shown: Window, viewer: Any) -> OwnPlace:
        """Where the reader stands: from what is shown, else looked for."""
        if any(entry.user_id == viewer.id for entry in shown.entries):
            return own_place(shown, viewer.id)
        try:
            return own_place(await self._reader.around(shown.board.slug, viewer.id, 1), viewer.id)
        except NotFound:
            return own_place(shown, viewer.id)


def _waking(around: str | None) -> str:
    """The stream of a page whose window none carries: it polls, and sooner when its reader has another rank."""
    return page_stream(["user:me:rank-changes"]) if around == "me" else ""


def _to_login(slug: str) -> Response:
    """And back to the page around whoever has logged in."""
    here = f"/boards/{slug}?around=me"
    return RedirectResponse(f"/login?next={quote(here, safe='')}", 303)


def stream_url(slugs: Sequence[str], limit: int) -> str:
    """The one stream of a page."""
    named = len(slugs) + RESERVED_CHANNELS <= CHANNELS_LIMIT
    return page_stream([PREFIX + slug for slug in slugs] if named else [PREFIX + "*"], limit=limit)
