"""The web process under test, as in production, and beside our application the least that could be served.

`python -m sse_board.bench.server FD`.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sse_board.processes.web import main

BARE_PATH = "/bare"
BARE_TAG = 'W/"1-1"'
#: As long as the JSON of ten rows, and ready: what it costs to make them is part of what is measured.
BARE_BODY = b'{"rows":"' + b"x" * 2_500 + b'"}'


async def bare(request: Request) -> Response:
    """Never changes, and knows it without asking anybody."""
    if request.headers.get("if-none-match") == BARE_TAG:
        return Response(status_code=304, headers={"ETag": BARE_TAG})
    return Response(BARE_BODY, headers={"ETag": BARE_TAG}, media_type="application/json")


class Beside:
    """Our whole application, and at one path a Starlette of its own without any middleware."""

    def __init__(self, ours: ASGIApp) -> None:
        self._ours = ours
        self._bare = Starlette(routes=[Route(BARE_PATH, bare)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._bare if scope.get("path") == BARE_PATH else self._ours
        await app(scope, receive, send)


if __name__ == "__main__":
    main(Beside)
