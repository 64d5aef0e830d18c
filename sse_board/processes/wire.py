"""What is wrong before the application hears of it: heads of requests that are no HTTP, or that never end."""

import uuid
from typing import Any

import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from sse_board.errors import InvalidRequest
from sse_board.web.answers import failure

_log = structlog.get_logger()

#: Request line and headers: the parser keeps as many of them as come. Bytes; what is read at once may pass whole.
HEAD_LIMIT = 64 * 1024

_MALFORMED = (
    "This is not a valid HTTP/1.1 request: look at its first line, its headers and the framing of its body, "
    "and percent-encode the address."
)
_TOO_LONG = f"The address and the headers are longer than {HEAD_LIMIT // 1024} KiB together."


class Wire(HttpToolsProtocol):
    """uvicorn's own, with an end to heads, and refusals in the envelope."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head = False
        self._head_length = 0

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._head_length = self._head_length + len(data) if self._in_head else 0
        if self._head_length > HEAD_LIMIT and not self.transport.is_closing():
            self._refuse(_TOO_LONG)

    def send_400_response(self, msg: str) -> None:
        self._refuse(_MALFORMED)

    def _refuse(self, message: str) -> None:
        """Answer and hang up; in the middle of a response only the latter is left."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            request_id = str(uuid.uuid4())
            _log.info("request refused unread", request_id=request_id, reason=message)
            self.transport.write(_refusal(message, request_id))
        self.transport.close()


def _refusal(message: str, request_id: str) -> bytes:
    response = failure(InvalidRequest(message), request_id)
    response.headers.update(
        {"X-Request-ID": request_id, "X-Content-Type-Options": "nosniff", "Connection": "close"}
    )
    lines = [b"%s: %s\r\n" % header for header in response.raw_headers]
    return b"".join([STATUS_LINE[400], *lines, b"\r\n", bytes(response.body)])
