"""One message on a channel, and its bytes in each face."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from sse_board.live.cursor import to_cursor
from sse_board.web.answers import encode

#: `json`, `html` and `text` are what a stream may ask for; `socket` is what WebSockets and polls carry, `scores`
#: what the older of the two WebSocket endpoints speaks.
Face = Literal["json", "html", "text", "socket", "scores"]
STREAM_FACES: tuple[Face, ...] = ("json", "html", "text")

#: What ends a line on the wire; `splitlines` knows more, which would tear a frame.
_LINE_END = re.compile(r"\r\n|\r|\n")


class Event:
    """`data` is the payload with its `timestamp`; `html` renders the partial that pages swap, if there is one,
    `text` the lines that a terminal shows (else its name and JSON are shown), and `whole` the payload for clients
    that keep no rows, where that is another.

    `position` is the place in the event log, for what has one; `urgent` says that states let it pass on its way to
    its listeners, `noted` that its source wants to know who was handed it (`live/handing.py`).
    The bytes are made on first use, once per face, and shared by every connection.
    """

    __slots__ = (
        "_frames",
        "channel",
        "data",
        "html",
        "noted",
        "position",
        "retry",
        "text",
        "type",
        "urgent",
        "whole",
    )

    def __init__(
        self,
        type: str,
        data: Mapping[str, Any],
        *,
        channel: str | None = None,
        html: Callable[[], str] | None = None,
        text: Callable[[], Sequence[str]] | None = None,
        whole: Callable[[], Mapping[str, Any]] | None = None,
        position: int | None = None,
        retry: int | None = None,
        urgent: bool = False,
        noted: bool = False,
    ) -> None:
        self.type = type
        self.data = data
        self.channel = channel
        self.html = html
        self.text = text
        self.whole = whole
        self.position = position
        self.retry = retry
        self.urgent = urgent
        self.noted = noted
        self._frames: dict[Face, bytes] = {}

    @property
    def cursor(self) -> str | None:
        return None if self.position is None else to_cursor(self.position)

    def frame(self, face: Face) -> bytes:
        """The event as this face has it: a block of an event stream, or one WebSocket message."""
        made = self._frames.get(face)
        if made is None:
            made = self._frames[face] = self._make(face)
        return made

    def _make(self, face: Face) -> bytes:
        if face == "socket":
            return encode(self._message())
        if face == "scores":
            data = self.data if self.whole is None else self.whole()
            return encode({"event": self.type.replace(".", ":"), "data": data})
        if face == "html" and self.html is not None:
            return sse_frame(None, self.html(), self.cursor, self.retry)
        if face == "text":
            return self._make_text()
        return sse_frame(self.type, self._json(), self.cursor, self.retry)

    def _message(self) -> dict[str, Any]:
        message: dict[str, Any] = {"type": self.type}
        if self.channel is not None:
            message["channel"] = self.channel
        message["data"] = self.data
        if self.position is not None:
            message["id"] = self.cursor
        return {**message, "timestamp": self.data["timestamp"]}

    def _make_text(self) -> bytes:
        """A heartbeat is a comment: it keeps the line open and shows nothing."""
        if self.type == "heartbeat":
            return f": heartbeat\nid: {self.cursor}\n\n".encode()
        lines = [f"{self.type} {self._json()}"] if self.text is None else self.text()
        return sse_frame(None, "\n".join(map(printable, lines)), self.cursor, self.retry)

    def _json(self) -> str:
        return encode(self.data if self.channel is None else {"channel": self.channel, **self.data}).decode()


#: Makes the event that tells of a gap in those of these channels that are logs.
Truncated = Callable[[Iterable[str]], Event]


def place(event: Event) -> int:
    """Where an event of the log stands in it."""
    assert event.position is not None
    return event.position


def printable(line: str) -> str:
    """The line without what a terminal would obey instead of show."""
    return "".join(character if character.isprintable() else "\ufffd" for character in line)


def sse_frame(name: str | None, data: str, cursor: str | None = None, retry: int | None = None) -> bytes:
    """Lines end in LF alone: a CRLF that is split over two chunks breaks some readers. `retry` in milliseconds."""
    lines = [f"id: {cursor}"] if cursor is not None else []
    lines += [f"event: {name}"] if name is not None else []
    lines += [f"data: {line}" for line in _LINE_END.split(data)]
    lines += [f"retry: {retry}"] if retry is not None else []
    return ("\n".join(lines) + "\n\n").encode()
