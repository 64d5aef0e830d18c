"""WebSockets whose messages the application writes itself: pings, closing, a shutdown, and nothing left behind."""

import asyncio
import base64
import contextlib
import gc
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from sse_board.processes.tap import WAITING_LIMIT, Tap
from sse_board.processes.wire import Wire
from sse_board.web.sockets import TAP
from tests.support.clients import eventually

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: " + base64.b64encode(bytes(16)) + b"\r\n\r\n"
)
#: Frames from a client, masked with zeros.
CLOSE, PING = b"\x88\x82\0\0\0\0\x03\xe8", b"\x89\x80\0\0\0\0"
KERNEL_BYTES = 4_096


class Heard:
    """What a pipe is told of its transport."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.told: list[str] = []

    def pause_writing(self) -> None:
        self.told.append("pause")

    def resume_writing(self) -> None:
        self.told.append("resume")

    def lose(self, error: Exception | None) -> None:
        self.told.append("lose")


@dataclass(slots=True)
class House:
    """A server of one application: it accepts, writes `octets` to each socket, and listens."""

    server: uvicorn.Server
    port: int
    pipes: list[Heard]

    async def client(self) -> socket.socket:
        """One that reads nothing."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BYTES)
        client.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, ("127.0.0.1", self.port))
        await loop.sock_sendall(client, HANDSHAKE)
        await eventually(lambda: self.pipes)
        return client


Serve = Callable[[int], Any]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    async with contextlib.AsyncExitStack() as stack:

        async def start(waiting: int) -> House:
            return await stack.enter_async_context(_serving(waiting))

        yield start


@contextlib.asynccontextmanager
async def _serving(waiting: int) -> AsyncIterator[House]:
    pipes: list[Heard] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        pipes.append(scope["extensions"][TAP](Heard))
        pipes[-1].transport.write(b"x" * waiting)
        while (await receive())["type"] != "websocket.disconnect":
            pass

    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
    config = uvicorn.Config(
        app, http=Wire, ws=Tap, lifespan="off", log_config=None, ws_per_message_deflate=False, interface="asgi3"
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await eventually(lambda: server.started)
    try:
        yield House(server, listener.getsockname()[1], pipes)
    finally:
        server.should_exit = True
        await serving


async def test_a_shutdown_is_not_stopped_by_a_socket_that_is_closing(
    serve: Serve,
) -> None:
    house = await serve(WAITING_LIMIT)
    client = await house.client()
    with client:
        await asyncio.get_running_loop().sock_sendall(client, CLOSE)
        await eventually(house.pipes[0].transport.is_closing)
        assert house.pipes[0].told == ["pause"], "it is not gone yet"
        house.server.should_exit = True
        await eventually(lambda: house.pipes[0].told == ["pause", "lose"])


async def test_a_ping_from_a_slow_reader_is_no_offence(serve: Serve) -> None:
    house = await serve(WAITING_LIMIT // 2)
    client = await house.client()
    with client:
        await asyncio.get_running_loop().sock_sendall(client, PING)
        await asyncio.sleep(0.1)
        assert "lose" not in house.pipes[0].told


async def test_who_pings_and_reads_nothing_is_given_up(serve: Serve) -> None:
    house = await serve(WAITING_LIMIT * 2)
    client = await house.client()
    with client:
        await asyncio.get_running_loop().sock_sendall(client, PING)
        await eventually(lambda: "lose" in house.pipes[0].told)


async def test_a_socket_that_has_closed_waits_for_no_collector(serve: Serve) -> None:
    house = await serve(0)
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            async with connect(f"ws://127.0.0.1:{house.port}/"):
                pass
        await eventually(lambda: all("lose" in pipe.told for pipe in house.pipes))
        house.pipes.clear()
        await eventually(lambda: not [one for one in gc.get_objects() if type(one) is Tap])
    finally:
        gc.enable()
