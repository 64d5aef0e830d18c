"""Large bodies are refused before they are read (Starlette's own limit answers outside of our envelope)."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sse_board.errors import PayloadTooLarge
from sse_board.web.middleware import ErrorAnswer

#: Bytes of a body: far above the largest that means anything here.
BODY_LIMIT = 64 * 1024


class BodyLimit:
    """By `Content-Length` where it is told, else by counting what comes in."""

    def __init__(self, app: ASGIApp, *, answer: ErrorAnswer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
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


def _announced(scope: Scope) -> int:
    """0 where the length is not told; the server refuses what is no number."""
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() else 0
