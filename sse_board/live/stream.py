"""`GET /api/v1/stream`: Server-Sent Events over any of the channels."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import structlog
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sse_board.errors import BoardError, InvalidRequest
from sse_board.live.channels import Admission
from sse_board.live.connection import Connection
from sse_board.live.event import STREAM_FACES, Event, Face
from sse_board.live.feed import Feed
from sse_board.live.hub import Hub, retry_after
from sse_board.live.listener import Listener, admitted, last_event_id, listener_of, rows_of
from sse_board.live.subscriptions import Subscriptions
from sse_board.web.identity import Authenticator

_log = structlog.get_logger()

#: A reader that takes nothing for so long is given up: seconds.
STUCK_SECONDS = 30
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
    ) -> None:
        self._hub = hub
        self._feed = feed
        self._subscriptions = subscriptions
        self._authenticator = authenticator
        self._heartbeat = heartbeat_seconds

    def routes(self) -> list[Route]:
        return [Route("/api/v1/stream", self.stream, methods=["GET"])]

    async def stream(self, request: Request) -> Response:
        face, limit = _face(request), rows_of(request, "limit")
        listener = listener_of(request, self._authenticator)
        admission = await admitted(request, listener, self._subscriptions.channels)
        if request.method == "HEAD":
            return _answer(_nothing())
        address = request.client.host if request.client else ""
        connection = self._hub.connection(face, limit, listener.identity, address)
        return _answer(self._live(connection, listener, admission, last_event_id(request)))

    async def _live(
        self, connection: Connection, listener: Listener, admission: Admission, cursor: str | None
    ) -> AsyncIterator[bytes]:
        """The stream. Everything is joined here, so that what was opened is closed whatever happens."""
        if self._hub.is_full(connection.address):
            connection.way.full += 1
            async for frame in self._busy(admission, connection.face, connection.limit):
                yield frame
            return
        self._hub.open(connection, resumed=cursor is not None)
        try:
            connection.send(self._connected(connection, listener, admission))
            self._subscriptions.open(connection, admission.granted, cursor)
            async for frames in connection.batches():
                yield b"".join(frames)
        finally:
            self._subscriptions.close(connection)
            self._hub.close(connection)

    def _connected(self, connection: Connection, listener: Listener, admission: Admission) -> Event:
        data = greeting(connection, listener, admission, self._heartbeat)
        return self._hub.event("connected", data, retry=retry_after(), text=partial(_lines, admission))

    async def _busy(self, admission: Admission, face: Face, limit: int) -> AsyncIterator[bytes]:
        """Over capacity: the present state once, and come back later. An error would end EventSource for good."""
        yield self._hub.event("busy", admission.payload(), retry=retry_after(BUSY_TIMES)).frame(face)
        for channel in filter(self._subscriptions.channels.state_of, admission.granted):
            try:
                for event in await self._feed.peek(channel, limit):
                    yield event.frame(face)
            except BoardError as error:
                data = {"code": error.code, "message": error.message}
                yield self._hub.event("error", data, channel=channel).frame(face)


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


def _answer(frames: AsyncIterator[bytes]) -> EventSourceResponse:
    """Our frames as they are: LF only, no ping of its own."""
    response = PatientResponse(
        frames, sep="\n", ping=0, headers={"Cache-Control": "no-store"}, send_timeout=STUCK_SECONDS
    )
    del response.headers["Connection"]  # the server's to say: it ends that of an HTTP/1.0 client
    return response


class PatientResponse(EventSourceResponse):
    """Ends quietly when its reader takes nothing any more."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            _log.info("stream stuck", path=scope["path"], seconds=STUCK_SECONDS)
