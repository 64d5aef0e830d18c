"""Large bodies are refused before they are read (Starlette's own limit answers outside of our envelope)."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sse_board.errors import PayloadTooLarge
from sse_board.web.headers import headers_of
from sse_board.web.middleware import ErrorAnswer

#: Bytes of a body: far above the largest that means anything here.
BODY_LIMIT = 64 * 1024


class BodyLimit:
    """By `Content-Length` where it is told, else by counting what comes in."""

    def __init__(self, app: ASGIApp, *, answer: ErrorAnswer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _has_no_body(scope):
            await self.app(scope, receive, send)
            return
        if _announced(scope) > BODY_LIMIT:
            error = PayloadTooLarge(headers={"Connection": "close"})  # the rest is not worth receiving
            await self.answer(Request(scope), error)(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > BODY_LIMIT:
                raise PayloadTooLarge(headers={"Connection": "close"})
            return message

        await self.app(scope, receive_counted, send)


def _has_no_body(scope: Scope) -> bool:
    """In HTTP/1 a body is announced by one of two headers (RFC 9112 §6.3), and most requests have none."""
    headers = headers_of(scope)
    announced = b"content-length" in headers or b"transfer-encoding" in headers
    return not announced and scope["http_version"] in ("1.1", "1.0")


def _announced(scope: Scope) -> int:
    """0 where the length is not told; the server refuses what is no number."""
    length = headers_of(scope).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
