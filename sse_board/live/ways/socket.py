"""`/api/ws` and `/api/v1/scores/live`: the channels over WebSocket."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from sse_board import log
from sse_board.errors import BoardError, Forbidden, NotFound, Unavailable
from sse_board.live.channels import Admission, listed
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.hub import Hub
from sse_board.live.event import Face
from sse_board.live.headcount import Headcount
from sse_board.live.subscriptions import Subscriptions
from sse_board.live.ways.conversation import Conversation, Shop
from sse_board.live.ways.listener import Listener, last_event_id, listener_of, rows_of
from sse_board.live.ways.stream import greeting
from sse_board.live.ways.wayout import codings, way_out
from sse_board.web.answers import failure
from sse_board.web.identity import Authenticator
from sse_board.web.origins import is_foreign
from sse_board.web.requestid import new_request_id

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`channels` are there without being asked for; `personal` ones as soon as the client is known."""

    path: str
    face: Face
    channels: Sequence[str] = ()
    personal: Sequence[str] = ()


class SocketApi:
    def __init__(
        self,
        hub: Hub,
        subscriptions: Subscriptions,
        authenticator: Authenticator,
        *,
        allowed_origins: Sequence[str],
        heartbeat_seconds: int,
        endpoints: Sequence[Endpoint],
        headcount: Headcount,
    ) -> None:
        self._hub = hub
        self._headcount = headcount
        self._subscriptions = subscriptions
        self._authenticator = authenticator
        self._allowed_origins = frozenset(allowed_origins)
        self._heartbeat = heartbeat_seconds
        self._endpoints = endpoints

    def routes(self) -> list[WebSocketRoute]:
        served = [
            WebSocketRoute(endpoint.path, partial(self._serve, endpoint=endpoint)) for endpoint in self._endpoints
        ]
        return [*served, WebSocketRoute("/{path:path}", _nothing_here)]

    async def _serve(self, websocket: WebSocket, *, endpoint: Endpoint) -> None:
        """A handshake that is refused is answered like any request."""
        number = new_request_id()
        log.request_id.set(number)
        address = websocket.client.host if websocket.client else ""
        try:
            listener, connection = self._welcome(websocket, endpoint, address)
            asked = _asked(websocket, endpoint, listener)
            admission = await self._subscriptions.channels.admit(asked, listener.identity)
            self._require_room(address)
        except BoardError as error:
            self._hub.counts.refused[error.code] += 1
            _log.info("socket refused", path=websocket.url.path, status=error.status, address=address)
            await websocket.send_denial_response(failure(error, number))
            return
        await websocket.accept(headers=[(b"x-request-id", number.encode())])
        _log.info("socket open", path=websocket.url.path, session=connection.id, address=address)
        await self._hold(websocket, endpoint, connection, listener, admission)

    def _welcome(self, websocket: WebSocket, endpoint: Endpoint, address: str) -> tuple[Listener, Connection]:
        """Raises Forbidden for a foreign page, Unauthorized for a bad token, Unavailable when there is no room."""
        headers = websocket.headers
        if is_foreign(headers.get("origin"), headers.get("host"), self._allowed_origins):
            raise Forbidden("This page's origin may not connect here.")
        listener = listener_of(websocket, self._authenticator)
        self._require_room(address)
        rows = rows_of(websocket, "limit")
        coding = codings(websocket)[endpoint.face]
        agent = headers.get("user-agent", "")
        return listener, self._hub.connection(coding, rows, listener.identity, address, agent)

    def _require_room(self, address: str) -> None:
        if self._hub.is_full(address):
            self._hub.counts.ways["websocket"].full += 1
            raise Unavailable("There is no room for more connections.", retry_after=5)

    async def _hold(
        self,
        websocket: WebSocket,
        endpoint: Endpoint,
        connection: Connection,
        listener: Listener,
        admission: Admission,
    ) -> None:
        shop = Shop(self._hub, self._subscriptions, self._authenticator)
        log_in = partial(self._logged_in, connection, endpoint)
        cursor = last_event_id(websocket)
        way = way_out(websocket, connection)
        self._hub.open(connection, resumed=cursor is not None)
        try:
            self._greet(connection, listener, admission)
            self._subscriptions.open(connection, admission.granted, cursor)
            await Conversation(websocket, connection, way, shop, log_in).hold()
        finally:
            connection.lost()
            _log.info("socket closed", session=connection.id)

    async def _logged_in(self, connection: Connection, endpoint: Endpoint) -> None:
        """Greet again, by who it is now, and with the channels that are there for those who are known."""
        admission = await self._subscriptions.admit(connection, endpoint.personal)
        present = list(dict.fromkeys([*connection.channels, *admission.granted]))
        self._greet(connection, Listener(connection.identity, "user"), replace(admission, granted=present))
        self._subscriptions.join(connection, admission.granted)

    def _greet(self, connection: Connection, listener: Listener, admission: Admission) -> None:
        connection.send(self._hub.event("connected", greeting(connection, listener, admission, self._heartbeat)))
        connection.send(self._headcount.event())


async def _nothing_here(websocket: WebSocket) -> None:
    await websocket.send_denial_response(failure(NotFound(), new_request_id()))


def _asked(websocket: WebSocket, endpoint: Endpoint, listener: Listener) -> list[str]:
    """What the URL asks for, and what the endpoint brings along."""
    wanted = websocket.query_params.get("channels")
    personal = endpoint.personal if listener.identity else ()
    return [*endpoint.channels, *personal, *(listed(wanted) if wanted else ())]
