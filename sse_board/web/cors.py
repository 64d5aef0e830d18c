"""Cross-origin requests: Starlette's middleware, out of the way of all others."""

from collections.abc import Awaitable

from starlette.middleware.cors import CORSMiddleware
from starlette.types import Message, Receive, Scope, Send

from sse_board.web.headers import RawHeaders, headers_of

#: What pages of other origins may send.
REQUEST_HEADERS = [
    "Authorization",
    "Content-Type",
    "If-None-Match",
    "Last-Event-ID",
    "X-Action-Signature",
    "X-Action-Key-Id",
    "X-Request-ID",
]
#: What browsers of other origins may read besides the body.
EXPOSED = ["ETag", "X-Request-ID", "X-Poll-Interval", "Retry-After", "RateLimit", "RateLimit-Policy"]


class Cors(CORSMiddleware):
    """Where no origin is told, all there is to do is to say that the answer varies by it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or b"origin" in headers_of(scope):
            await super().__call__(scope, receive, send)
            return

        def send_varying(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = varying(message["headers"])
            return send(message)

        await self.app(scope, receive, send_varying)


def varying(headers: RawHeaders) -> RawHeaders:
    """An answer's headers, with `Origin` in `Vary`."""
    named = [value for name, value in headers if name == b"vary"]
    others = [header for header in headers if header[0] != b"vary"]
    return [*others, (b"vary", b", ".join([*named, b"Origin"]))]
