"""The port that metrics are bare on: one for each web process, so that each can be asked for its own numbers."""

import socket
from collections.abc import Sequence

from sse_board.processes.listening import ListenError, listen, url_of
from sse_board.settings import Settings

LAST_PORT = 65_535


def listen_for_metrics(settings: Settings, count: int) -> list[socket.socket]:
    """A socket for each web process, on METRICS_PORT and those after it; none without METRICS_PORT.

    For 0 each is any free one. Raises ListenError when one of them is taken, or there are not so many ports.
    """
    first = settings.metrics_port
    if first is None:
        return []
    ports = range(first, first + count) if first else [0] * count
    if ports[-1] > LAST_PORT:
        raise ListenError(f"there are no {count} ports from METRICS_PORT {first} on")
    return [listener for port in ports for listener in listen(settings.host, port, 1)]


def metrics_lines(listeners: Sequence[socket.socket]) -> str:
    """Where to look, a line each; nothing without listeners."""
    return "".join(f"metrics on {url_of(listener)}/metrics\n" for listener in listeners)
