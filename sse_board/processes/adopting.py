"""Letting the application take a connection over from uvicorn, as uvicorn itself does for WebSockets (D9)."""

import asyncio
from collections.abc import Callable, MutableSet
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import ref

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

if TYPE_CHECKING:
    from sse_board.processes.wire import Wire

P = TypeVar("P", bound=asyncio.Protocol)


def adopt(
    server: "ref[Wire]",
    request: "ref[RequestResponseCycle]",
    make: Callable[[asyncio.Transport, MutableSet[Any]], P],
) -> P | None:
    """What `make` gives has the socket from then on, and is one of the server's connections if it likes; None
    where the server must keep it. Weak references: else each request, whose scope has this function, would keep
    itself.

    What of uvicorn's is touched here is in no documentation; `tests/processes/test_uvicorn.py` knows it by name.
    """
    wire, cycle = server(), request()
    if wire is None or cycle is None or not _is_free(wire, cycle):
        return None
    cycle.response_complete = True
    wire.let_go()
    protocol = make(wire.transport, wire.connections)
    wire.transport.set_protocol(protocol)
    return protocol


def _is_free(wire: "Wire", cycle: RequestResponseCycle) -> bool:
    """Whether nothing else is to be sent or awaited: the head is sent, the request came whole, none is behind it.

    Where there is TLS the socket is not what to write to.
    """
    return (
        cycle.response_started
        and cycle.chunked_encoding is True
        and not (cycle.response_complete or cycle.disconnected or cycle.more_body)
        and not (wire.pipeline or wire.flow.read_paused or wire.flow.write_paused)
        and not wire.transport.is_closing()
        and wire.scheme == "http"
    )
