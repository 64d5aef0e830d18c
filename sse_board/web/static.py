"""Static files under an address that changes with their content."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sse_board.web import bundles
from sse_board.web.templates import STATIC

#: The first part of an address that names a build.
BUILD = re.compile(r"/[0-9a-f]{12}(?=/)")


class Forever:
    """What is behind a build id never changes: browsers need not ask again."""

    def __init__(self, files: ASGIApp) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"].append((b"cache-control", b"public, max-age=31536000, immutable"))
            await send(message)

        await self._files(scope, receive, send_cached)


class Neighbourly:
    """While processes are replaced, pages of one build ask another for their files: what is here is nearer to what
    they want than nothing, and is not kept."""

    def __init__(self, files: ASGIApp) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        mounted = scope["root_path"]
        if build := BUILD.match(scope["path"].removeprefix(mounted)):
            scope = {**scope, "root_path": mounted + build[0]}
        await self._files(scope, receive, send)


class Bundle:
    """Some files as one, read once."""

    def __init__(self, content: bytes, media_type: str) -> None:
        self._content = content
        self._media_type = media_type

    async def answer(self, request: Request) -> Response:
        return Response(self._content, media_type=self._media_type)


def static_routes(build: str) -> list[BaseRoute]:
    """`/static/<build>/…`, and `/static/…` for whoever comes with the address of another build, or of none."""
    files = StaticFiles(directory=STATIC)
    joined = [
        Route("/site.css", Bundle(bundles.stylesheet(), "text/css").answer),
        Route("/wall.css", Bundle(bundles.wall_stylesheet(), "text/css").answer),
        Route("/admin.css", Bundle(bundles.admin_stylesheet(), "text/css").answer),
        Route("/site.js", Bundle(bundles.script(), "text/javascript").answer),
        Route("/wall.js", Bundle(bundles.wall_script(), "text/javascript").answer),
        Route("/watchdog.js", Bundle(bundles.watchdog_script(), "text/javascript").answer),
        Route("/htmx.js", Bundle(bundles.vendor_script(), "text/javascript").answer),
        Mount("/", files),
    ]
    return [Mount(f"/static/{build}", Forever(Router(joined))), Mount("/static", Neighbourly(Router(joined)))]
