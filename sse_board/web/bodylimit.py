"""Large bodies are refused before they are read (Starlette's own limit answers outside of our envelope)."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sse_board.errors import PayloadTooLarge
from sse_board.web.headers import headers_of
from sse_board.web.middleware import ErrorAnswer

#: Bytes of a body: far above the largest that means anything here.
BODY_LIMIT = 64 * 1024


class BodyLimit:
    """By `Content-Length` where it is told, else by counting. `larger`: bytes that single paths take."""

    def __init__(self, app: ASGIApp, *, answer: ErrorAnswer, larger: Mapping[str, int]) -> None:
        self.app = app
        self.answer = answer
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _has_no_body(scope):
            await self.app(scope, receive, send)
            return
        limit = self.larger.get(scope["path"], BODY_LIMIT)
        if _announced(scope) > limit:
            await self.answer(Request(scope), _too_large(limit))(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, receive_counted, send)


def _too_large(limit: int) -> PayloadTooLarge:
    """The connection ends with it: the rest is not worth receiving."""
    return PayloadTooLarge(f"The body is larger than {limit // 1024} KiB.", headers={"Connection": "close"})


def _has_no_body(scope: Scope) -> bool:
    """In HTTP/1 a body is announced by one of two headers (RFC 9112 §6.3), and most requests have none."""
    headers = headers_of(scope)
    announced = b"content-length" in headers or b"transfer-encoding" in headers
    return not announced and scope["http_version"] in ("1.1", "1.0")


def _announced(scope: Scope) -> int:
    """0 where the length is not told; the server refuses what is no number."""
    length = headers_of(scope).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
