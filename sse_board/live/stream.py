"""`GET /api/v1/stream`: Server-Sent Events over any of the channels."""

import random
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sse_board.errors import BoardError, InvalidRequest, TokenExpired
from sse_board.live.channels import Admission, admit
from sse_board.live.connection import Connection
from sse_board.live.cursor import from_cursor
from sse_board.live.event import FACES, Event, Face
from sse_board.live.hub import Hub, retry_after
from sse_board.live.source import LIMITS, StateSource
from sse_board.web.bodies import query_integer
from sse_board.web.identity import Authenticator, Identity

_log = structlog.get_logger()

#: A reader that takes nothing for so long is given up: seconds.
STUCK_SECONDS = 30
#: Newcomers to a full process stay away this many times longer than others who reconnect.
BUSY_TIMES = 5
#: Streams end after a random share of STREAM_MAX_AGE, so that those opened together do not end together.
AGE_SHARE = (0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Listener:
    """Who opens the stream: `auth` is `user`, `anonymous` or `expired`."""

    identity: Identity | None
    auth: str


class StreamApi:
    def __init__(
        self,
        hub: Hub,
        sources: list[StateSource],
        authenticator: Authenticator,
        *,
        position: Callable[[], int],
        max_age: int,
        heartbeat_seconds: int,
    ) -> None:
        self._hub = hub
        self._sources = sources
        self._authenticator = authenticator
        self._position = position
        self._max_age = max_age
        self._heartbeat = heartbeat_seconds

    def routes(self) -> list[Route]:
        return [Route("/api/v1/stream", self.stream, methods=["GET"])]

    async def stream(self, request: Request) -> Response:
        face, limit = _face(request), _limit(request)
        listener = self._listener(request)
        admission = await admit(request.query_params.get("channels", ""), listener.identity, self._sources)
        if listener.auth == "expired" and any(code == "UNAUTHORIZED" for _, code in admission.refused):
            raise TokenExpired()
        address = request.client.host if request.client else ""
        if request.method == "HEAD":
            return _answer(_nothing())
        connection = self._connection(listener, admission, face, limit, address)
        return _answer(self._live(connection, listener, admission, _last_event_id(request)))

    def _listener(self, request: Request) -> Listener:
        try:
            identity = self._authenticator.identify_listener(request)
        except TokenExpired:
            return Listener(None, "expired")
        return Listener(identity, "anonymous" if identity is None else "user")

    def _connection(
        self, listener: Listener, admission: Admission, face: Face, limit: int, address: str
    ) -> Connection:
        now = time.monotonic()
        return Connection(
            str(uuid.uuid4()),
            secrets.token_urlsafe(16),
            face,
            limit,
            listener.identity,
            address=address,
            private=admission.private,
            now=now,
            rotates_at=now + self._max_age * random.uniform(*AGE_SHARE),  # noqa: S311  (spreads load)
        )

    async def _live(
        self, connection: Connection, listener: Listener, admission: Admission, cursor: str | None
    ) -> AsyncIterator[bytes]:
        """The stream. Everything is joined here, so that what was opened is closed whatever happens."""
        if self._hub.is_full(connection.address):
            async for frame in self._busy(admission, connection.face, connection.limit):
                yield frame
            return
        self._hub.open(connection)
        try:
            connection.send(self._connected(connection, listener, admission))
            if cursor is not None and not self._is_known(cursor):
                connection.send(self._hub.event("history.truncated", {"channels": []}))
            for channel in admission.granted:
                self._hub.feed.join(connection, channel)
            async for piece in connection.frames():
                connection.last_sent = time.monotonic()
                yield piece
        finally:
            self._hub.close(connection)

    def _connected(self, connection: Connection, listener: Listener, admission: Admission) -> Event:
        data: dict[str, Any] = {"sessionId": connection.id}
        if listener.identity is None:
            data["sessionSecret"] = connection.secret
        data |= _admitted(admission)
        data |= {"auth": listener.auth, "heartbeatSeconds": self._heartbeat}
        return self._hub.event("connected", data, retry=retry_after(), text=partial(_greeting, admission))

    def _is_known(self, cursor: str) -> bool:
        """A place in the commit order that has been reached; anything else is not ours."""
        position = from_cursor(cursor)
        return position is not None and position <= self._position()

    async def _busy(self, admission: Admission, face: Face, limit: int) -> AsyncIterator[bytes]:
        """Over capacity: the present state once, and come back later. An error would end EventSource for good."""
        yield self._hub.event("busy", _admitted(admission), retry=retry_after(BUSY_TIMES)).frame(face)
        for channel in admission.granted:
            try:
                for event in await self._hub.feed.peek(channel, limit):
                    yield event.frame(face)
            except BoardError as error:
                yield self._hub.event("error", {"code": error.code, "message": error.message}).frame(face)


def _greeting(admission: Admission) -> list[str]:
    refused = [f"refused {channel}: {code}" for channel, code in admission.refused]
    return [f"listening to {', '.join(admission.granted) or 'nothing'}", *refused]


def _admitted(admission: Admission) -> dict[str, Any]:
    refused = [{"channel": channel, "code": code} for channel, code in admission.refused]
    return {"channels": admission.granted, "refused": refused}


def _face(request: Request) -> Face:
    face = request.query_params.get("format", "json")
    if face not in FACES:
        raise InvalidRequest(f"`format` must be one of {', '.join(FACES)}.", details={"format": face})
    return face


def _limit(request: Request) -> int:
    limit = query_integer(request, "limit", LIMITS[0], LIMITS[0], LIMITS[-1])
    if limit not in LIMITS:
        raise InvalidRequest("`limit` must be one of 10, 25, 50, 100.", details={"limit": str(limit)})
    return limit


def _last_event_id(request: Request) -> str | None:
    return request.headers.get("last-event-id") or request.query_params.get("lastEventId") or None


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


def _answer(frames: AsyncIterator[bytes]) -> EventSourceResponse:
    """Our frames as they are: LF only, no ping of its own."""
    return PatientResponse(
        frames, sep="\n", ping=0, headers={"Cache-Control": "no-store"}, send_timeout=STUCK_SECONDS
    )


class PatientResponse(EventSourceResponse):
    """Ends quietly when its reader takes nothing any more."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            _log.info("stream stuck", path=scope["path"], seconds=STUCK_SECONDS)
