"""What people look at goes out compressed: pages, the fragments they poll, scripts and styles."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from sse_board.web.following import STREAM
from sse_board.web.headers import headers_of

#: Below this the headers weigh more than what is saved: bytes.
WORTH_IT = 1_024
#: Of nine; the last steps save two in a hundred for half as much time again.
EFFORT = 6


class Compression:
    """JSON for programs goes out as it is: there the processor is dearer than the wire. Streams pass untouched, as
    the middleware would hold back their beginning until there is more."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.compressed = GZipMiddleware(app, minimum_size=WORTH_IT, compresslevel=EFFORT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.compressed if scope["type"] == "http" and self._is_looked_at(scope) else self.app
        await app(scope, receive, send)

    def _is_looked_at(self, scope: Scope) -> bool:
        path = scope["path"]
        return path != STREAM and (
            path.startswith("/static/") or b"text/html" in headers_of(scope).get(b"accept", b"")
        )
