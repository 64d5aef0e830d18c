"""Static files under an address that changes with their content."""

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from sse_board.web.templates import STATIC


class Forever:
    """What is behind a build id never changes: browsers need not ask again."""

    def __init__(self, files: StaticFiles) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"].append((b"cache-control", b"public, max-age=31536000, immutable"))
            await send(message)

        await self._files(scope, receive, send_cached)


def static_routes(build: str) -> list[BaseRoute]:
    """`/static/<build>/…`, and `/static/…` for whoever comes with an old address."""
    files = StaticFiles(directory=STATIC)
    return [Mount(f"/static/{build}", Forever(files)), Mount("/static", files)]
