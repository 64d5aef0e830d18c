"""A proxy between a browser and a server that spoils event streams, as real ones do, and leaves the rest alone.

It takes GET requests only: what pages need that nobody is logged in to.
"""

import asyncio
import contextlib
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from sse_board.tasks import stop

STREAM_PATH = "/api/v1/stream"
HEAD_END = b"\r\n\r\n"
PIECE = 65_536
#: How often a valve looks whether it may let go: seconds.
GRAIN_SECONDS = 0.05

#: What becomes of the answer: read it from the server, write to the browser what it may see.
Treatment = Callable[[StreamReader, StreamWriter], Awaitable[None]]


async def passed_on(server: StreamReader, browser: StreamWriter) -> None:
    while piece := await server.read(PIECE):
        browser.write(piece)
        await browser.drain()


async def withheld(server: StreamReader, browser: StreamWriter) -> None:
    """Kept back for good, headers included, as if the answer had to be complete first."""
    while await server.read(PIECE):
        pass


async def body_withheld(server: StreamReader, browser: StreamWriter) -> None:
    """The headers pass, what follows is scanned until it ends, which is never."""
    browser.write(await server.readuntil(HEAD_END))
    await withheld(server, browser)


def in_blocks(size: int) -> Treatment:
    """Let go whenever so many bytes have come together, as buffers do: the last words wait for the next."""

    async def treat(server: StreamReader, browser: StreamWriter) -> None:
        browser.write(await server.readuntil(HEAD_END))
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                browser.write(await server.readexactly(size))
                await browser.drain()

    return treat


def answered(status: str, body: str, content_type: str = "text/html") -> Treatment:
    """The proxy's own words instead of the server's."""

    async def treat(_: StreamReader, browser: StreamWriter) -> None:
        text = body.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(text)}"
        browser.write(f"{head}\r\nConnection: close\r\n\r\n".encode() + text)
        await browser.drain()

    return treat


class Valve:
    """Lets go at once, every so many seconds, or nothing any more, as it is set at the moment."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    async def __call__(self, server: StreamReader, browser: StreamWriter) -> None:
        reading = asyncio.create_task(_collect(server, held := bytearray()))
        let_go = time.monotonic()
        try:
            while not reading.done():
                await asyncio.sleep(GRAIN_SECONDS)
                if time.monotonic() - let_go < self.seconds:
                    continue
                let_go = time.monotonic()
                browser.write(bytes(held))
                held.clear()
                await browser.drain()
        finally:
            reading.cancel()


async def _collect(server: StreamReader, held: bytearray) -> None:
    with contextlib.suppress(OSError):
        while piece := await server.read(PIECE):
            held += piece


class Proxy:
    """One connection to the server for each request; `treatment` is what streams that begin from now on get.

    `spoils`: how the paths begin that it is meant for; streams unless said otherwise.
    """

    def __init__(self, port: int, treatment: Treatment, spoils: str = STREAM_PATH) -> None:
        self.treatment = treatment
        self.spoils = spoils
        self._port = port
        self._open: set[StreamWriter] = set()
        self._handling: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await stop(self._handling)

    @property
    def streams(self) -> int:
        """How many are open."""
        return len(self._open)

    def cut(self) -> None:
        """Break every open stream off, wherever it is."""
        for browser in self._open:
            browser.transport.abort()

    async def _handle(self, asking: StreamReader, browser: StreamWriter) -> None:
        """Errors are the browser's to see: a connection that ends early."""
        task = asyncio.current_task()
        assert task is not None
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._exchange(asking, browser)
        finally:
            self._open.discard(browser)
            browser.close()

    async def _exchange(self, asking: StreamReader, browser: StreamWriter) -> None:
        head = (await asking.readuntil(HEAD_END)).decode("latin-1")
        first, *fields = head.removesuffix("\r\n\r\n").split("\r\n")
        if first.split()[1].startswith(self.spoils):
            self._open.add(browser)
            treatment = self.treatment
        else:
            treatment = passed_on
        server, request = await asyncio.open_connection("127.0.0.1", self._port)
        kept = [field for field in fields if not field.lower().startswith("connection:")]
        request.write("\r\n".join([first, *kept, "Connection: close", "", ""]).encode("latin-1"))
        leaving = asyncio.create_task(_wait_until_gone(asking, request))
        try:
            await treatment(server, browser)
        finally:
            leaving.cancel()
            request.close()


async def _wait_until_gone(asking: StreamReader, request: StreamWriter) -> None:
    """A browser that leaves takes its request to the server with it."""
    await asking.read()
    request.transport.abort()
