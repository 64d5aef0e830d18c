"""How the messages of a WebSocket go out: straight to its socket where the server lets us, else by `send`."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from starlette.websockets import WebSocket

from sse_board.live.delivery.coding import LINES, MESSAGES, Coding
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.laggards import STUCK_SECONDS
from sse_board.live.delivery.outlet import INDIRECT, Outlet, Pipe, Queue
from sse_board.live.event import Face
from sse_board.web.sockets import TAP


class WayOut(Outlet, Protocol):
    """An outlet that knows when all has gone out."""

    async def send_all(self, websocket: WebSocket) -> None:
        """Return when nothing follows. May raise TimeoutError for a reader that takes nothing."""


class Tapped(Pipe):
    """The server goes on reading, answering pings and closing, for which it writes to the transport: so what waits
    there is looked at before each message, and nothing goes past it."""

    __slots__ = ("_finished",)

    def __init__(self, transport: asyncio.Transport, connection: Connection) -> None:
        super().__init__(transport, connection)
        self._finished = asyncio.Event()

    def write(self, octets: bytes) -> None:
        """Nothing follows the server's own last frame."""
        if not self._transport.is_closing():
            super().write(octets)
            self.direct = INDIRECT

    def finish(self) -> None:
        self._finished.set()

    def lose(self, error: Exception | None) -> None:
        self._finished.set()
        super().lose(error)

    async def send_all(self, websocket: WebSocket) -> None:
        await self._finished.wait()


class Lines(Queue):
    """Every line is a message."""

    async def send_all(self, websocket: WebSocket) -> None:
        async for lines in self.batches():
            for line in lines.splitlines():
                async with asyncio.timeout(STUCK_SECONDS):
                    await websocket.send_text(line.decode())


def way_out(websocket: WebSocket, connection: Connection) -> WayOut:
    """The connection's outlet from now on."""
    tap = websocket.scope.get("extensions", {}).get(TAP)
    way: WayOut = Lines(connection) if tap is None else tap(lambda transport: Tapped(transport, connection))
    connection.outlet = way
    return way


def codings(websocket: WebSocket) -> Mapping[Face, Coding]:
    """What is written to its way out."""
    return MESSAGES if TAP in websocket.scope.get("extensions", {}) else LINES
