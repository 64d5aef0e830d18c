"""`GET /api/v1/stream`: Server-Sent Events over any of the channels."""

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableSet
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from sse_board.errors import BoardError, InvalidRequest
from sse_board.live.channels import Admission
from sse_board.live.delivery.coding import BODIES, CHUNKS, Coding
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.hub import Hub, retry_after
from sse_board.live.delivery.outlet import Queue
from sse_board.live.event import STREAM_FACES, Event, Face
from sse_board.live.states.feed import Feed
from sse_board.live.subscriptions import Subscriptions
from sse_board.live.ways.adopted import Adopted
from sse_board.live.ways.answer import Answer, Portable
from sse_board.live.ways.listener import Listener, admitted, last_event_id, listener_of, rows_of
from sse_board.web.following import STREAM
from sse_board.web.identity import Authenticator

#: Newcomers to a full process stay away this many times longer than others who reconnect.
BUSY_TIMES = 5


class StreamApi:
    def __init__(
        self,
        hub: Hub,
        feed: Feed,
        subscriptions: Subscriptions,
        authenticator: Authenticator,
        *,
        heartbeat_seconds: int,
        build: str = "",
    ) -> None:
        """`build`: names the pages that this process serves, so that older ones know that they are."""
        self.hub = hub
        self.subscriptions = subscriptions
        self.heartbeat = heartbeat_seconds
        self.build = build
        self._feed = feed
        self._authenticator = authenticator

    def routes(self) -> list[Route]:
        return [Route(STREAM, self.stream, methods=["GET"])]

    async def stream(self, request: Request) -> ASGIApp:
        face, limit = _face(request), rows_of(request, "limit")
        listener = listener_of(request, self._authenticator)
        admission = await admitted(request, listener, self.subscriptions.channels)
        if request.method == "HEAD":
            return Portable(_nothing())
        address = request.client.host if request.client else ""
        agent, cursor = request.headers.get("user-agent", ""), last_event_id(request)
        opening = Opening(self, face, limit, listener, admission, address, agent, cursor)
        return Portable(self.busy(opening)) if self.hub.is_full(address) else Answer(opening)

    async def busy(self, opening: "Opening") -> AsyncIterator[bytes]:
        """Over capacity: the present state once, and come back later. An error would end EventSource for good."""
        face, admission = opening.face, opening.admission
        self.hub.counts.way(face).full += 1
        yield self.hub.event("busy", admission.payload(), retry=retry_after(BUSY_TIMES)).frame(face)
        for channel in filter(self.subscriptions.channels.state_of, admission.granted):
            try:
                for event in await self._feed.peek(channel, opening.limit):
                    yield event.frame(face)
            except BoardError as error:
                data = {"code": error.code, "message": error.message}
                yield self.hub.event("error", data, channel=channel).frame(face)


@dataclass(frozen=True, slots=True)
class Opening:
    """A stream that is about to begin: who opens it, of what, and after which cursor."""

    api: StreamApi
    face: Face
    limit: int
    listener: Listener
    admission: Admission
    address: str
    agent: str
    cursor: str | None

    def adopt(self, transport: asyncio.Transport, connections: MutableSet[Any]) -> Adopted:
        """The hub writes to the socket itself."""
        return Adopted(transport, connections, self._connection(CHUNKS))

    def begin(self, connection: Connection) -> None:
        """Everything is joined here, in one step: nothing can fall between."""
        api = self.api
        api.hub.open(connection, resumed=self.cursor is not None)
        connection.send(self._connected(connection))
        api.subscriptions.open(connection, self.admission.granted, self.cursor)

    async def frames(self) -> AsyncIterator[bytes]:
        """The same stream where only the server writes. What was opened is closed whatever happens."""
        if self.api.hub.is_full(self.address):
            async for frame in self.api.busy(self):
                yield frame
            return
        connection = self._connection(BODIES)
        queue = connection.outlet = Queue(connection)
        try:
            self.begin(connection)
            async for octets in queue.batches():
                yield octets
        finally:
            connection.lost()

    def _connection(self, codings: Mapping[Face, Coding]) -> Connection:
        coding, identity = codings[self.face], self.listener.identity
        return self.api.hub.connection(coding, self.limit, identity, self.address, self.agent)

    def _connected(self, connection: Connection) -> Event:
        data = greeting(connection, self.listener, self.admission, self.api.heartbeat)
        if self.face == "html":
            data["build"] = self.api.build
        lines = partial(_lines, self.admission)
        return self.api.hub.event("connected", data, retry=retry_after(), text=lines)


def greeting(
    connection: Connection, listener: Listener, admission: Admission, heartbeat_seconds: int
) -> dict[str, Any]:
    """What `connected` says; the secret is told to those who have no login to show instead."""
    secret = {"sessionSecret": connection.secret} if listener.identity is None else {}
    return {
        "sessionId": connection.id,
        **secret,
        **admission.payload(),
        "auth": listener.auth,
        "heartbeatSeconds": heartbeat_seconds,
    }


def _lines(admission: Admission) -> list[str]:
    refused = [f"refused {channel}: {error.code}" for channel, error in admission.refused]
    return [f"listening to {', '.join(admission.granted) or 'nothing'}", *refused]


def _face(request: Request) -> Face:
    face = request.query_params.get("format", "json")
    if face not in STREAM_FACES:
        raise InvalidRequest(f"`format` must be one of {', '.join(STREAM_FACES)}.", details={"format": face})
    return face


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
