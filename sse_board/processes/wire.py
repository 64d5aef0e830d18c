"""What is wrong before the application hears of it: requests that are no HTTP, never end, or come too slowly."""

import asyncio
import uuid
from functools import partial
from typing import Any
from weakref import ref

import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from sse_board.errors import InvalidRequest
from sse_board.processes.adopting import adopt
from sse_board.processes.whole import send_whole
from sse_board.web.answers import failure
from sse_board.web.sockets import ADOPT
from sse_board.web.whole import WHOLE

_log = structlog.get_logger()

#: Request line and headers: the parser keeps as many of them as come. Bytes; what is read at once may pass whole.
HEAD_LIMIT = 64 * 1024
#: What stands around a body in chunks: their sizes, their extensions, trailers. The largest body that is taken has
#: 320 KiB of it when each byte is a chunk. Bytes.
FRAMING_LIMIT = 512 * 1024
#: A new connection says within this what it wants, and whoever has begun a head ends it: nobody honest needs
#: longer, and whoever drips bytes would keep a file open for ever. Seconds.
HEAD_SECONDS = 10.0
#: The same for a body: the largest that is taken comes in time over 20 kbit/s. Seconds.
BODY_SECONDS = 30.0

_MALFORMED = (
    "This is not a valid HTTP/1.1 request: look at its first line, its headers with one `Host`, and the framing "
    "of its body, and percent-encode the address."
)
_TOO_LONG = f"The address and the headers are longer than {HEAD_LIMIT // 1024} KiB together."
_TOO_MUCH = f"There are more than {FRAMING_LIMIT // 1024} KiB around the chunks of the body."
_TOO_SLOW = f"The request did not come in time: its head has {HEAD_SECONDS:g} seconds, its body {BODY_SECONDS:g}."


class _Closed(list[tuple[bytes, bytes]]):
    """Takes no more headers: trailers come behind the body, past whoever looked at the head on the way here."""

    def append(self, _: tuple[bytes, bytes]) -> None:
        return


_TRAILERS = _Closed()


class Wire(HttpToolsProtocol):
    """uvicorn's own, with an end to requests in bytes and in time, and refusals in the envelope.

    It waits only where something is missing: a request that comes whole costs no timer.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head = False
        self._in_body = False
        self._upgraded = False
        self._overhead = 0
        self._patience: asyncio.TimerHandle | None = None
        self._running: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._overhead = 0
        self._stop_waiting()

    def on_headers_complete(self) -> None:
        self._require_host()
        self._in_head, self._in_body = False, True
        self._stop_waiting()
        super().on_headers_complete()
        self.headers = _Closed(self.headers) if self.parser.should_upgrade() else _TRAILERS

    def _require_host(self) -> None:
        """One, as RFC 9112 §3.2 has it: of two nobody could say which one counts. Raises ValueError."""
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (not hosts and self.parser.get_http_version() != "1.0"):
            raise ValueError("a request has one Host")

    def on_body(self, body: bytes) -> None:
        self._overhead -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        self._stop_waiting()
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        self._overhead += len(data)
        super().data_received(data)
        if self._upgraded or self.transport.is_closing():
            return
        if self._overhead > HEAD_LIMIT and self._in_head:
            self._refuse(_TOO_LONG)
        elif self._overhead > FRAMING_LIMIT and self._in_body:
            self._refuse(_TOO_MUCH)
        elif self._patience is None and (self._in_head or self._in_body or self._is_idle()):
            self._wait()

    def _is_idle(self) -> bool:
        """Whether nothing is served; bytes between two requests have just ended uvicorn's own patience."""
        return self._running is None or self._running.response_complete

    def handle_websocket_upgrade(self) -> None:
        """What has a body, or comes behind a request that is being served, cannot become a WebSocket: the other
        protocol would keep silent about it for ever."""
        self._upgraded = True
        if not self._is_idle():
            self._refuse(_MALFORMED)
            return
        super().handle_websocket_upgrade()
        if not getattr(self.transport.get_protocol(), "handshake_initiated", True):
            self._refuse(_MALFORMED)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        ours = {WHOLE: partial(send_whole, ref(cycle)), ADOPT: partial(adopt, ref(self), ref(cycle))}
        extensions: Any = {**cycle.scope.get("extensions", {}), **ours}
        cycle.scope["extensions"] = extensions
        super()._start_asgi_task(cycle, app)

    def connection_lost(self, exc: Exception | None) -> None:
        """uvicorn tells only the newest request; with several in one go it is the oldest that is being served."""
        super().connection_lost(exc)
        self._stop_waiting()
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def let_go(self) -> None:
        """Somebody else has the socket from now on. The parser and its protocol hold each other."""
        self._stop_waiting()
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        self.parser = None  # type: ignore[assignment]

    def _wait(self) -> None:
        seconds = BODY_SECONDS if self._in_body else HEAD_SECONDS
        self._patience = self.loop.call_later(seconds, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        """It is not the client's fault what is not read because others are served before."""
        self._patience = None
        if self.flow.read_paused:
            self._wait()
        elif self._in_head or self._in_body:
            self._refuse(_TOO_SLOW)
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        self._refuse(_MALFORMED)

    def _refuse(self, message: str) -> None:
        """Answer and hang up; in the middle of a response, and behind one, only the latter is left."""
        if self._may_answer():
            request_id = str(uuid.uuid4())
            _log.info("request refused unread", request_id=request_id, reason=message)
            self.transport.write(_refusal(message, request_id))
        self.transport.close()

    def _may_answer(self) -> bool:
        running = self._running
        if running is not None and running.response_complete:
            return not self._in_body
        return running is None or not running.response_started


def _refusal(message: str, request_id: str) -> bytes:
    response = failure(InvalidRequest(message), request_id)
    response.headers.update(
        {"X-Request-ID": request_id, "X-Content-Type-Options": "nosniff", "Connection": "close"}
    )
    lines = [b"%s: %s\r\n" % header for header in response.raw_headers]
    return b"".join([STATUS_LINE[400], *lines, b"\r\n", bytes(response.body)])
