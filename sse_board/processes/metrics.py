"""The port that metrics are bare on: one for each web process, so that each can be asked for its own numbers."""

import asyncio
import socket
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from sse_board.processes.listening import ListenError, listen, url_of
from sse_board.processes.wire import Wire
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


class MetricsServer:
    """Answers in the loop of the web process, newcomers until that begins to drain.

    By then a successor accepts on the same socket. If both did, scrapes would go from one to the other and back,
    and each way back would look to Prometheus as if all that was ever counted had happened since the last one.
    """

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        self._listener = listener
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._config = uvicorn.Config(
            app,
            http=Wire,
            interface="asgi3",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )

    async def start(self) -> None:
        self._config.load()
        self._server = await asyncio.get_running_loop().create_server(self._protocol, sock=self._listener)

    def stop_accepting(self) -> None:
        """Who is connected gets one more answer, and comes back as a newcomer."""
        if self._server is not None:
            self._server.close()
        self._listener.close()
        self._state.default_headers = [(b"connection", b"close")]

    def _protocol(self) -> Wire:
        return Wire(config=self._config, server_state=self._state, app_state={})
