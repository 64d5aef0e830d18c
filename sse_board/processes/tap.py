"""uvicorn's WebSockets, for an application that writes its messages to the socket itself."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from sse_board.web.sockets import TAP, Watching

P = TypeVar("P", bound=Watching)

#: Answers to pings that may wait for a client which sends them and reads nothing: bytes.
PONGS_LIMIT = 64 * 1024


class Tap(WebSocketsSansIOProtocol):
    """It tells the application's pipe what becomes of the transport."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._pipe: Watching | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: Any = self.scope["extensions"]
            extensions[TAP] = self._tap

    def _tap(self, make: Callable[[asyncio.Transport], P]) -> P:
        self._pipe = pipe = make(self.transport)
        return pipe

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._pipe is not None:
            self._pipe.pause_writing()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._pipe is not None:
            self._pipe.resume_writing()

    def handle_ping(self) -> None:
        if self.transport.get_write_buffer_size() > PONGS_LIMIT:
            self.transport.abort()
        else:
            super().handle_ping()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._pipe is not None:
            self._pipe.lose(exc)
