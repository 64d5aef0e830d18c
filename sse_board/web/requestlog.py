"""The log line of every request, made without structlog's processors: they take five times as long as the line."""

import asyncio
import logging
import sys
from datetime import UTC, datetime

import msgspec
import structlog
from starlette.types import Scope


class _Line(msgspec.Struct, gc=False):
    """As structlog would write it."""

    method: str
    path: str
    status: int
    milliseconds: float
    address: str
    request_id: str
    timestamp: datetime
    event: str = "request"
    level: str = "info"


class RequestLog:
    """Writes where everything else is logged to, unless that is told to leave information out.

    Lines of one turn of the event loop go out together, when it ends: one write for all of them.
    """

    def __init__(self) -> None:
        self._enabled = structlog.get_logger().is_enabled_for(logging.INFO)
        self._write = structlog.BytesLogger(sys.stderr.buffer).msg
        self._encoder = msgspec.json.Encoder()
        self._lines: list[_Line] = []
        self._now = datetime.now(UTC)

    def add(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        """The query is left out: it may carry a token."""
        if not self._enabled:
            return
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._flush)
            self._now = datetime.now(UTC)
        client = scope.get("client")
        address, milliseconds = client[0] if client else "", int(seconds * 100_000) / 100
        self._lines.append(
            _Line(scope["method"], scope["path"], status, milliseconds, address, request_id, self._now)
        )

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        self._write(self._encoder.encode_lines(lines)[:-1])
