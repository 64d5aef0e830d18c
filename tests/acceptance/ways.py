"""The four ways to listen, each behind the same few verbs."""

import asyncio
import contextlib
from typing import Protocol

import httpx

from tests.support.pollers import Poller
from tests.support.replica import State, row_of
from tests.support.sockets import Socket
from tests.support.streams import Stream

#: What of an event the scenario compares: its channel, its place in the log and its title.
Told = tuple[str, str, str]


class Way(Protocol):
    """Somebody who listens to a board and some logs."""

    async def begin(self, url: str) -> None:
        """Connect, or go on after what was heard so far."""

    async def cut(self) -> None:
        """Lose the connection without a word."""

    def board(self, slug: str) -> State | None:
        """The board as it is known here."""

    def log(self) -> list[Told]:
        """Every event of the logs, as it came."""


class ByStream:
    def __init__(self, channels: str, token: str) -> None:
        self._stream = Stream(channels, token=token)

    async def begin(self, url: str) -> None:
        await self._stream.open(url)

    async def cut(self) -> None:
        await self._stream.cut()

    def board(self, slug: str) -> State | None:
        replica = self._stream.boards.get(slug)
        return replica.state if replica else None

    def log(self) -> list[Told]:
        heard = [message for message in self._stream.messages if "title" in message.json]
        return [(message.json["channel"], message.id or "", message.json["title"]) for message in heard]


class BySocket:
    def __init__(self, channels: str, token: str) -> None:
        self._socket = Socket(token=token, channels=channels)

    async def begin(self, url: str) -> None:
        await self._socket.open(url)

    async def cut(self) -> None:
        await self._socket.cut()
        assert self._socket.failure is None

    def board(self, slug: str) -> State | None:
        replica = self._socket.boards.get(slug)
        return replica.state if replica else None

    def log(self) -> list[Told]:
        heard = [message for message in self._socket.messages if "title" in message["data"]]
        return [(message["channel"], message["id"], message["data"]["title"]) for message in heard]


class ByPoll:
    """Asks again and again; `wait` seconds at a time where it is a long poll."""

    def __init__(self, channels: str, token: str, wait: int = 0) -> None:
        self._poller = Poller(channels, token=token, wait=wait, limit=3)
        self._asking: asyncio.Task[None] | None = None

    async def begin(self, url: str) -> None:
        self._asking = asyncio.create_task(self._ask(url))

    async def _ask(self, url: str) -> None:
        while True:
            with contextlib.suppress(httpx.TransportError):  # its process was killed
                await self._poller.poll(url)
            await asyncio.sleep(0.05)

    async def cut(self) -> None:
        assert self._asking is not None
        self._asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._asking

    def board(self, slug: str) -> State | None:
        data = self._poller.boards.get(slug)
        return (tuple(map(row_of, data["entries"])), data["total"]) if data else None

    def log(self) -> list[Told]:
        heard = [event for event in self._poller.events if "title" in event["data"]]
        return [(event["channel"], event["id"], event["data"]["title"]) for event in heard]
