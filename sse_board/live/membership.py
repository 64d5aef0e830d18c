"""`POST /api/ws/subscribe` and `/unsubscribe`: other channels for an open stream, whichever process has it."""

import hmac
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import Forbidden, NotFound
from sse_board.live.channels import CHANNELS_LIMIT, checked
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.hub import Hub
from sse_board.live.remote import Remote
from sse_board.live.subscriptions import Subscriptions
from sse_board.web.answers import ok
from sse_board.web.bodies import read_json
from sse_board.web.identity import Authenticator


class MembershipBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    session_id: UUID
    channels: Annotated[list[str], msgspec.Meta(min_length=1, max_length=CHANNELS_LIMIT)]
    session_secret: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class Change(msgspec.Struct):
    """What one process asks another, or itself. `user_id` is who asks, None for nobody known."""

    do: Literal["subscribe", "unsubscribe"]
    session_id: str
    channels: list[str]
    secret: str | None
    user_id: str | None


class Memberships:
    """Changes what the connections of this process listen to."""

    def __init__(self, hub: Hub, subscriptions: Subscriptions) -> None:
        self._hub = hub
        self._subscriptions = subscriptions

    async def handle(self, question: Any) -> dict[str, Any]:
        return await self.change(msgspec.convert(question, Change))

    async def change(self, change: Change) -> dict[str, Any]:
        """Raises NotFound for a stream that is not here, Forbidden to who does not own it."""
        connection = self._hub.find(change.session_id)
        if connection is None:
            raise NotFound("There is no live stream of that id.")
        _require_owner(connection, change)
        refused: object = []
        if change.do == "subscribe":
            admission = await self._subscriptions.admit(connection, change.channels)
            self._subscriptions.join(connection, admission.granted)
            refused = admission.payload()["refused"]
        else:
            self._subscriptions.unsubscribe(connection, change.channels)
        return {"sessionId": connection.id, "channels": list(connection.channels), "refused": refused}


class MembershipApi:
    def __init__(self, hub: Hub, memberships: Memberships, remote: Remote, authenticator: Authenticator) -> None:
        self._process = hub.process
        self._memberships = memberships
        self._remote = remote
        self._authenticator = authenticator

    def routes(self) -> list[Route]:
        return [
            Route("/api/ws/subscribe", self.subscribe, methods=["POST"]),
            Route("/api/ws/unsubscribe", self.unsubscribe, methods=["POST"]),
        ]

    async def subscribe(self, request: Request) -> Response:
        return await self._change(request, "subscribe")

    async def unsubscribe(self, request: Request) -> Response:
        return await self._change(request, "unsubscribe")

    async def _change(self, request: Request, do: Literal["subscribe", "unsubscribe"]) -> Response:
        identity = self._authenticator.identify(request)
        body = await read_json(request, MembershipBody)
        user_id = identity.user_id if identity else None
        change = Change(do, str(body.session_id), checked(body.channels), body.session_secret, user_id)
        holder = change.session_id[: len(self._process)]
        if holder == self._process:
            return ok(await self._memberships.change(change))
        return ok(await self._remote.ask(holder, change))


def _require_owner(connection: Connection, change: Change) -> None:
    """A user's stream is that user's; nobody's belongs to who was told its secret."""
    if connection.identity is not None:
        owns = change.user_id == connection.identity.user_id
    else:
        owns = hmac.compare_digest((change.secret or "").encode(), connection.secret.encode())
    if not owns:
        raise Forbidden("Only who opened the stream may change it: log in, or send its `sessionSecret`.")
