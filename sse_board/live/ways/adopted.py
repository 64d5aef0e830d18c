"""The hub's own protocol for an event stream: it takes a socket over from the HTTP server (D9)."""

import asyncio
from collections.abc import MutableSet
from typing import Any

from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.outlet import Pipe

#: What ends a body in chunks.
_LAST_CHUNK = b"0\r\n\r\n"


class Adopted(Pipe, asyncio.Protocol):
    """Part of the server's connections for as long as there is a socket, so that a shutdown finds it."""

    __slots__ = ("_connections",)

    def __init__(self, transport: asyncio.Transport, connections: MutableSet[Any], connection: Connection) -> None:
        super().__init__(transport, connection)
        self._connections = connections
        connections.add(self)
        connection.outlet = self

    def data_received(self, data: bytes) -> None:
        """Behind the request for a stream there is nothing to ask: the answer has no end."""
        self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self.lose(exc)

    def finish(self) -> None:
        self.write(_LAST_CHUNK)
        self._transport.close()

    def shutdown(self) -> None:
        """The server stops, and this one is still there."""
        self._transport.close()
