"""One WebSocket: what its client asks is done, what its connection has is sent."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from sse_board.errors import BoardError, Conflict, InvalidRequest
from sse_board.live.channels import checked
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.hub import Hub
from sse_board.live.delivery.laggards import STUCK_SECONDS
from sse_board.live.subscriptions import Subscriptions
from sse_board.live.ways.commands import Command, Patience, parse
from sse_board.live.ways.wayout import WayOut
from sse_board.tasks import stop
from sse_board.web.identity import Authenticator, Identity

_log = structlog.get_logger()

#: Why the server closes, by the event that ended the connection (RFC 6455 §7.4.1, and 1012 from its registry).
CLOSE_CODES = {"auth.expired": 1008, "error": 1008, "stream.rotate": 1012}


@dataclass(frozen=True, slots=True)
class Shop:
    """What every conversation needs."""

    hub: Hub
    subscriptions: Subscriptions
    authenticator: Authenticator


class Conversation:
    """`way_out` is what the connection writes to; `on_login` is awaited when the client has told who it is."""

    def __init__(
        self,
        websocket: WebSocket,
        connection: Connection,
        way_out: WayOut,
        shop: Shop,
        on_login: Callable[[], Awaitable[None]],
    ) -> None:
        self._websocket = websocket
        self._connection = connection
        self._way_out = way_out
        self._shop = shop
        self._on_login = on_login
        self._patience = Patience()

    async def hold(self) -> None:
        """Until either side ends it."""
        halves = {asyncio.create_task(self._send()), asyncio.create_task(self._receive())}
        try:
            done, _ = await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await stop(halves)
        for half in done:
            half.result()

    async def _send(self) -> None:
        """Until the connection has ended. Ends quietly with a reader that takes nothing any more, or is gone."""
        try:
            await self._way_out.send_all(self._websocket)
            await self._websocket.close(CLOSE_CODES.get(self._connection.farewell or "", 1000))
        except TimeoutError:
            _log.info("socket stuck", seconds=STUCK_SECONDS)
            self._connection.give_up()
        except (WebSocketDisconnect, RuntimeError):
            return  # the latter is what uvicorn raises when it has closed the socket itself, as for a huge message

    async def _receive(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if not self._connection.has_ended:
                await self._hear(message.get("text"))
            await asyncio.sleep(0)  # one read may hold thousands of messages; others have a turn between them

    async def _hear(self, text: str | None) -> None:
        now = time.monotonic()
        try:
            self._patience.hear(now)
            if text is None:
                raise InvalidRequest("Send text, not binary messages.")
            await self._do(parse(text))
        except BoardError as error:
            self._refuse(error, ends=self._patience.fault(now))

    async def _do(self, command: Command) -> None:
        if command.action == "ping":
            self._say("pong")
        elif command.action == "subscribe":
            await self._subscribe(command.channel)
        elif command.action == "unsubscribe":
            gone = self._shop.subscriptions.unsubscribe(self._connection, [command.channel])
            self._say("unsubscribed", {"channels": gone}, channel=command.channel)
        else:
            await self._log_in(command.token)

    async def _subscribe(self, channel: str) -> None:
        """The answer comes before the snapshot. A refused name is no fault: clients cannot know them all."""
        admission = await self._shop.subscriptions.admit(self._connection, checked([channel]))
        for name, error in admission.refused:
            self._refuse(error, channel=name)
        if admission.granted:
            self._say("subscribed", {"channels": admission.granted}, channel=channel)
            self._shop.subscriptions.join(self._connection, admission.granted)

    async def _log_in(self, token: str) -> None:
        """A newer token of the same user lengthens the connection's life. Raises what is wrong with the token."""
        identity, known = self._shop.authenticator.verify(token), self._connection.identity
        if known is not None and not self._is_renewal(known, identity):
            raise Conflict("This connection belongs to another user or to other rights: open a new one.")
        self._shop.hub.identify(self._connection, identity)
        self._shop.subscriptions.extend(self._connection)
        await self._on_login()

    def _is_renewal(self, known: Identity, new: Identity) -> bool:
        """A newer token of what is known already; rights that have changed need a connection of their own."""
        same = (known.user_id, known.role, known.generation) == (new.user_id, new.role, new.generation)
        return same and self._shop.authenticator.is_live(known)

    def _refuse(self, error: BoardError, *, channel: str | None = None, ends: bool = False) -> None:
        data = {"code": error.code, "message": error.message}
        if ends:
            self._connection.end(self._shop.hub.event("error", data, channel=channel), "abuse")
        else:
            self._say("error", data, channel=channel)

    def _say(self, type: str, data: dict[str, Any] | None = None, channel: str | None = None) -> None:
        """A client that asks and never reads is not answered for ever."""
        if self._connection.has_room:
            self._connection.send(self._shop.hub.event(type, data, channel=channel))
        else:
            self._connection.end(self._connection.keeper.cut_off(), "slow")
