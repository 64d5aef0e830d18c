"""The bare metrics of one web process, on the port that its supervisor gave it."""

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from sse_board.processes.wire import Wire


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
