"""One web process: uvicorn on a socket that the supervisor owns. `python -m sse_board.processes.web FD …`."""

import argparse
import asyncio
import contextlib
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from sse_board.asgi import Application, create_app
from sse_board.log import configure_logging
from sse_board.processes.garbage import Garbage
from sse_board.processes.metrics import MetricsServer
from sse_board.processes.readiness import say_ready
from sse_board.processes.tap import Tap
from sse_board.processes.wire import Wire
from sse_board.settings import Settings, load_settings

#: Seconds in which requests that were accepted but not yet read still get their answer.
GRACE_SECONDS = 0.3
#: Seconds between two looks for those who were accepted and have not asked yet.
NEWCOMERS_SECONDS = 0.05
#: Seconds of the drain time that streams leave to the requests and the lifespan that end after them.
MARGIN_SECONDS = 1.2
#: A WebSocket is asked so often whether it is alive, and may take so long to say so: seconds.
PING_SECONDS, PONG_SECONDS = 30.0, 30.0
#: A thread that computes, standings say, leaves the interpreter to the event loop after so long, whenever it is
#: asked to. With Python's own 5 ms every turn of the loop would wait so long meanwhile. Seconds.
SWITCH_SECONDS = 0.0005
#: Larger messages end a WebSocket at once; those above our own limit, but not this one, are answered.
SOCKET_MESSAGE_BYTES = 64 * 1024


#: uvicorn makes its `Date` anew whenever its count of ticks can be divided by so many.
TICKS_PER_SECOND = 10


class Draining(uvicorn.Server):
    """Stops without cutting anybody off: listener, then streams, then requests, then the application."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: Application,
        drain_seconds: float,
        metrics: MetricsServer | None,
        ready: int | None,
    ) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds = drain_seconds
        self._metrics = metrics
        self._ready = ready
        self._signalled = asyncio.Event()
        self._garbage = Garbage()

    async def main_loop(self) -> None:
        """uvicorn's own wakes up ten times a second, which costs as much as some hundred idle streams."""
        seconds = 0
        while not await self.on_tick(TICKS_PER_SECOND * seconds):
            seconds += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._signalled.wait()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._signalled.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._garbage.begin(asyncio.get_running_loop())
        if self.started and self._metrics is not None:
            await self._metrics.start()
        if self.started and self._ready is not None:
            say_ready(self._ready)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        deadline = time.monotonic() + self._drain_seconds
        self._stop_accepting(sockets or [])
        self.server_state.default_headers.append((b"connection", b"close"))
        await asyncio.sleep(min(GRACE_SECONDS, self._drain_seconds))
        await self._end_streams(max(0.0, deadline - time.monotonic() - MARGIN_SECONDS))
        await self._hear_newcomers(deadline - MARGIN_SECONDS)
        self.config.timeout_graceful_shutdown = max(1, int(deadline - time.monotonic()))
        await super().shutdown(sockets=[])
        self._garbage.end()

    def _stop_accepting(self, sockets: list[socket.socket]) -> None:
        """Close our descriptors only: the supervisor's own keep newcomers waiting for a successor."""
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        if self._metrics is not None:
            self._metrics.stop_accepting()

    async def _end_streams(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._app.drain(seconds), seconds + GRACE_SECONDS)

    async def _hear_newcomers(self, deadline: float) -> None:
        """Who was accepted and has not asked yet would take it for a failure to be closed without any answer."""
        while time.monotonic() < deadline:
            if not self._has_newcomers():
                return
            await asyncio.sleep(NEWCOMERS_SECONDS)

    def _has_newcomers(self) -> bool:
        connections = self.server_state.connections
        return any(isinstance(one, Wire) and one.cycle is None for one in connections)


#: Puts something around the application, or beside it.
Wrap = Callable[[ASGIApp], ASGIApp]


def run(settings: Settings, arguments: argparse.Namespace, wrap: Wrap) -> None:
    """Serve until SIGTERM. Raises SystemExit when the application cannot start."""
    app = create_app(settings, arguments.index)
    config = uvicorn.Config(
        wrap(app.asgi),
        loop="uvloop",
        http=Wire,
        ws=Tap,
        ws_max_size=SOCKET_MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_per_message_deflate=False,  # it costs memory per connection and time per frame
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.forwarded_allow_ips,
    )
    listener = socket.socket(fileno=arguments.listener)
    metrics = None
    if arguments.metrics is not None:
        metrics = MetricsServer(app.metrics, socket.socket(fileno=arguments.metrics))
    Draining(config, app, settings.drain_seconds, metrics, arguments.ready).run(sockets=[listener])


def allow_many_files() -> None:
    """A stream is an open file; the customary soft limit of 1024 is there for programs that use select()."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _leave(*_: object) -> None:
    sys.exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("sse_board.processes.web")
    parser.add_argument("listener", type=int, help="descriptor of the socket to accept on")
    parser.add_argument("--index", type=int, default=0, help="which of the web processes this is (0)")
    parser.add_argument("--metrics", type=int, help="descriptor of the socket for bare metrics")
    parser.add_argument("--ready", type=int, help="descriptor of the pipe on which to say that it serves")
    return parser.parse_args()


def main(wrap: Wrap = lambda app: app) -> None:
    # uvicorn puts these back and raises the signal again when it has drained: an end, not a death by signal
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    settings = load_settings()
    configure_logging(settings.log_level)
    allow_many_files()
    sys.setswitchinterval(SWITCH_SECONDS)
    run(settings, _arguments(), wrap)


if __name__ == "__main__":
    main()
