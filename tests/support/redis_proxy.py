"""A proxy between processes and Redis that goes silent, as cut cables and forgetful routers do: nobody is told."""

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

PIECE = 65_536

Ends = tuple[StreamReader, StreamWriter]


class Link:
    """One connection through the proxy. It `hears` once it has subscribed to anything."""

    def __init__(self) -> None:
        self.hears = False
        self.lost = False
        self.speaks = asyncio.Event()
        self.ended = asyncio.Event()
        self.ways: set[asyncio.Task[None]] = set()

    async def carry(self, process: Ends, redis: Ends) -> None:
        """Both ways, until either side leaves."""
        directions = ((process[0], redis[1]), (redis[0], process[1]))
        self.ways = {asyncio.create_task(self._pass_on(*way)) for way in directions}
        await asyncio.wait(self.ways, return_when=asyncio.FIRST_COMPLETED)
        self.end()
        for _, writer in (process, redis):
            writer.transport.abort()

    def end(self) -> None:
        for way in self.ways:
            way.cancel()

    async def _pass_on(self, source: StreamReader, target: StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(PIECE):
                self.hears = self.hears or b"PSUBSCRIBE" in piece
                await self.speaks.wait()
                target.write(piece)
                await target.drain()


class RedisProxy:
    """Passes everything on until it is told to be silent; connections stay open on both sides."""

    def __init__(self, redis_url: str) -> None:
        """`redis_url`: of a Unix socket."""
        address = urlsplit(redis_url)
        self._socket = unquote(address.path)
        self._database = parse_qs(address.query)["db"][0]
        self._links: set[Link] = set()
        self._silent = False
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/{self._database}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for link in tuple(self._links):
            link.end()
            await link.ended.wait()

    def lose(self, *, hints_only: bool = False) -> None:
        """Nothing passes on the present connections any more, ever; new ones are well."""
        for link in self._links:
            if link.hears or not hints_only:
                link.lost = True
                link.speaks.clear()

    def fall_silent(self) -> None:
        """Nothing passes any more, on new connections neither."""
        self._silent = True
        for link in self._links:
            link.speaks.clear()

    def speak(self) -> None:
        """What was held back passes now, and everything after it."""
        self._silent = False
        for link in self._links:
            if not link.lost:
                link.speaks.set()

    async def _handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        link = Link()
        if not self._silent:
            link.speaks.set()
        self._links.add(link)
        await link.carry((reader, writer), await asyncio.open_unix_connection(self._socket))
        self._links.discard(link)
        link.ended.set()
