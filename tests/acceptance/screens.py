"""One person at three screens: a stream, a WebSocket, and a poller. What they heard must agree."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from tests.support.clients import eventually
from tests.support.pollers import Poller
from tests.support.sockets import Socket
from tests.support.streams import Stream

#: Pause between two polls: seconds.
POLL_SECONDS = 0.1

#: An event of a log, as it came: its place, channel, type and data.
Told = tuple[str, str, str, dict[str, Any]]


class Screens:
    def __init__(self, channels: str, token: str) -> None:
        self.stream = Stream(channels, token=token)
        self.socket = Socket(token=token, channels=channels)
        self.poller = Poller(channels, token=token)
        self._polling: asyncio.Task[None] | None = None

    async def open(self, url: str, other: str) -> None:
        """The stream at one process, the others at another."""
        await self.stream.open(url)
        await self.socket.open(other)
        self._polling = asyncio.create_task(self._poll(other))

    async def close(self) -> None:
        await self.stream.cut()
        await self.socket.cut()
        if self._polling is not None:
            self._polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._polling

    async def _poll(self, url: str) -> None:
        while True:
            with contextlib.suppress(httpx.TransportError):
                await self.poller.poll(url)
            await asyncio.sleep(POLL_SECONDS)

    def heard(self) -> dict[str, list[dict[str, Any]]]:
        """Everything, as `{type, channel, data, id?}`, by the way it came."""
        streamed = [
            {"type": one.type, "channel": one.json.get("channel"), "data": one.json, "id": one.id}
            for one in self.stream.messages
        ]
        return {"stream": streamed, "socket": self.socket.messages, "poll": self.poller.events}

    def logs(self) -> dict[str, list[Told]]:
        """What has a place in the log."""
        return {
            way: [_told(event) for event in events if event.get("id") and event["type"] != "heartbeat"]
            for way, events in self.heard().items()
        }

    def told(self, type: str) -> dict[str, list[dict[str, Any]]]:
        """The data of all events of a type, by the way they came."""
        return {
            way: [event["data"] for event in events if event["type"] == type]
            for way, events in self.heard().items()
        }

    def all_heard(self, type: str, holds: Callable[[dict[str, Any]], object] = bool) -> bool:
        """Whether each has heard an event of the type of whose data this is true."""
        return all(any(map(holds, data)) for data in self.told(type).values())

    async def until(self, type: str, holds: Callable[[dict[str, Any]], object] = bool) -> None:
        try:
            await eventually(lambda: self.all_heard(type, holds))
        except AssertionError:
            if self._polling is not None and self._polling.done():
                await self._polling
            heard = {way: [one["type"] for one in events][-20:] for way, events in self.heard().items()}
            raise AssertionError(f"not everybody heard {type}: {heard}") from None


def _told(event: dict[str, Any]) -> Told:
    data = {name: value for name, value in event["data"].items() if name not in ("channel", "timestamp")}
    return event["id"], event["channel"], event["type"], data


@contextlib.asynccontextmanager
async def screens(channels: str, token: str, url: str, other: str) -> AsyncIterator[Screens]:
    shown = Screens(channels, token)
    await shown.open(url, other)
    try:
        yield shown
    finally:
        await shown.close()
