"""A WebSocket client that somebody else wrote, and what it heard."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Self
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.clients import PATIENCE, parse
from tests.support.protocol import check_message, check_older
from tests.support.replica import Replica
from tests.support.standings import StandingsReplica

Message = dict[str, Any]


class Socket:
    """Reads in the background; keeps every message, and boards from their deltas."""

    def __init__(self, path: str = "/api/ws", *, limit: int = 10, token: str = "", **query: str) -> None:
        self.path = path
        self.limit = limit
        self.query = {"limit": str(limit), **query}
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.messages: list[Message] = []
        self.boards: dict[str, Replica] = {}
        self.standings: dict[str, StandingsReplica] = {}
        self.last_id = ""
        self.failure: Exception | None = None
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    async def open(self, url: str, **options: Any) -> Self:
        """Connect, or resume after the last id that was heard."""
        resumed = {"lastEventId": self.last_id} if self.last_id else {}
        query = urlencode({**self.query, **resumed}, safe=":,*")
        for board in self.boards.values():
            board.begin()
        for standings in self.standings.values():
            standings.begin()
        address = f"{url.replace('http', 'ws', 1)}{self.path}?{query}"
        self._socket = await connect(address, additional_headers=self.headers, proxy=None, **options)
        self._reading = asyncio.create_task(self._read(self._socket))
        return self

    async def cut(self) -> None:
        """Drop the connection without a word."""
        if self._socket is not None:
            self._socket.transport.abort()
        if self._reading is not None:
            await asyncio.wait({self._reading})
            self._reading = None

    async def say(self, **message: Any) -> None:
        await self.send(json.dumps(message))

    async def send(self, message: str | bytes) -> None:
        assert self._socket is not None
        await self._socket.send(message)

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self._hear(parse(text))
                self._news.set()
        except ConnectionClosed:
            return
        except Exception as error:  # told to whoever waits
            self.failure = error
        finally:
            self._news.set()

    def _hear(self, message: Message) -> None:
        self.messages.append(message)
        check_older(message) if "event" in message else check_message(message)
        self.last_id = message.get("id", self.last_id)
        if message.get("type") == "heartbeat":
            self.last_id = message["data"]["cursor"]
        elif message.get("type") == "leaderboard.update":
            data = message["data"]
            self.boards.setdefault(data["board"], Replica(self.limit)).apply(data)
        elif message.get("type") == "standings.updated":
            data = message["data"]
            self.standings.setdefault(data["tournamentId"], StandingsReplica(self.limit)).apply(data)

    @property
    def types(self) -> list[str]:
        return [message.get("type") or message["event"] for message in self.messages]

    def of_type(self, name: str) -> list[Message]:
        return [message for message in self.messages if name in (message.get("type"), message.get("event"))]

    async def until(self, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    if self.failure is not None:
                        raise self.failure
                    assert self._reading is not None and not self._reading.done(), f"closed after {self.types}"  # noqa: PT018
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"not within {seconds} s; heard {self.types[-20:]}") from None

    async def until_type(self, name: str, count: int = 1, seconds: float = PATIENCE) -> Message:
        await self.until(lambda: len(self.of_type(name)) >= count, seconds)
        return self.of_type(name)[count - 1]

    async def until_closed(self, seconds: float = PATIENCE) -> int:
        """The code with which the server closes."""
        assert self._socket is not None
        async with asyncio.timeout(seconds):
            await self._socket.wait_closed()
        code = self._socket.close_code
        assert code is not None
        return code


@contextlib.asynccontextmanager
async def connected(url: str, path: str = "/api/ws", **options: Any) -> AsyncIterator[Socket]:
    """An open socket, cut at the end."""
    socket = await Socket(path, **options).open(url)
    try:
        yield socket
    finally:
        await socket.cut()
    if socket.failure is not None:
        raise socket.failure
