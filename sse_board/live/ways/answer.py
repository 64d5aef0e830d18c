"""The HTTP answer that a stream is: on a socket that we take over, or else sent by sse-starlette."""

import asyncio
from collections.abc import AsyncIterator, MutableSet
from typing import Any, Protocol

import structlog
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Message, Receive, Scope, Send

from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.laggards import STUCK_SECONDS
from sse_board.live.ways.adopted import Adopted
from sse_board.web.sockets import ADOPT

_log = structlog.get_logger()

#: Nobody on the way shall keep it, or hold it back to send more at once.
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Opening(Protocol):
    """A stream that is about to begin."""

    def adopt(self, transport: asyncio.Transport, connections: MutableSet[Any]) -> Adopted:
        """What has the socket from then on."""

    def begin(self, connection: Connection) -> None:
        """Tell it what comes first, and all that follows."""

    def frames(self) -> AsyncIterator[bytes]:
        """The whole stream, for where the socket cannot be had."""


class Answer:
    """A stream that lasts."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The head goes the ordinary way, so that every middleware's headers are on it."""
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        adopt = scope.get("extensions", {}).get(ADOPT)
        adopted: Adopted | None = adopt(self._opening.adopt) if adopt is not None else None
        if adopted is None:
            await Portable(self._opening.frames())(scope, receive, _without_head(send))
        else:
            self._begin(adopted)

    def _begin(self, adopted: Adopted) -> None:
        """Nobody else would close the socket of a stream that cannot begin."""
        try:
            self._opening.begin(adopted.connection)
        except BaseException:
            adopted.abort()
            raise


class Portable(EventSourceResponse):
    """Our frames as they are: LF only, no ping of its own. Ends quietly when its reader takes nothing any more."""

    def __init__(self, frames: AsyncIterator[bytes]) -> None:
        super().__init__(frames, sep="\n", ping=0, send_timeout=STUCK_SECONDS)
        self.raw_headers = list(HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            _log.info("stream stuck", path=scope["path"], seconds=STUCK_SECONDS)


def _without_head(send: Send) -> Send:
    """For what has sent the head already."""

    async def send_body(message: Message) -> None:
        if message["type"] != "http.response.start":
            await send(message)

    return send_body
