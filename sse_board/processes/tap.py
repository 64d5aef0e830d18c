"""uvicorn's WebSockets, for an application that writes its messages to the socket itself."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from weakref import ref

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from sse_board.web.sockets import TAP, Watching

P = TypeVar("P", bound=Watching)

#: Bytes that may wait for a client which sends pings and reads nothing: more than all that the application leaves
#: waiting for slow readers, and many pongs.
WAITING_LIMIT = 2 * 1024 * 1024


class Tap(WebSocketsSansIOProtocol):
    """It tells the application's pipe what becomes of the transport."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._pipe: Watching | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: Any = self.scope["extensions"]
            extensions[TAP] = partial(_tap, ref(self))

    def watch(self, pipe: Watching) -> None:
        """Tell the pipe what becomes of the transport from now on."""
        self._pipe = pipe

    def shutdown(self) -> None:
        """What is closing already, but for a reader that is slow, takes no further goodbye."""
        if self.transport.is_closing():
            self.transport.abort()
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._pipe is not None:
            self._pipe.pause_writing()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._pipe is not None:
            self._pipe.resume_writing()

    def handle_ping(self) -> None:
        if self.transport.get_write_buffer_size() > WAITING_LIMIT:
            self.transport.abort()
        else:
            super().handle_ping()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._pipe is not None:
            self._pipe.lose(exc)


def _tap(server: "ref[Tap]", make: Callable[[asyncio.Transport], P]) -> P:
    """A weak reference: else each WebSocket, whose scope has this function, would keep itself."""
    protocol = server()
    assert protocol is not None, "its application still runs"
    pipe = make(protocol.transport)
    protocol.watch(pipe)
    return pipe
