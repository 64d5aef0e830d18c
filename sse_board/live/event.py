"""One message on a channel, and its bytes in each face."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from sse_board.web.answers import encode

Face = Literal["json", "html", "text"]
FACES: tuple[Face, ...] = ("json", "html", "text")

#: What ends a line on the wire; `splitlines` knows more, which would tear a frame.
_LINE_END = re.compile(r"\r\n|\r|\n")


class Event:
    """`data` is the payload with its `timestamp`; `html` renders the partial that pages swap, if there is one, and
    `text` the lines that a terminal shows (else its name and JSON are shown).

    The bytes are made on first use, once per face, and shared by every connection.
    """

    __slots__ = ("_frames", "channel", "cursor", "data", "html", "retry", "text", "type")

    def __init__(
        self,
        type: str,
        data: Mapping[str, Any],
        *,
        channel: str | None = None,
        html: Callable[[], str] | None = None,
        text: Callable[[], Sequence[str]] | None = None,
        cursor: str | None = None,
        retry: int | None = None,
    ) -> None:
        self.type = type
        self.data = data
        self.channel = channel
        self.html = html
        self.text = text
        self.cursor = cursor
        self.retry = retry
        self._frames: dict[Face, bytes] = {}

    def frame(self, face: Face) -> bytes:
        """The event as Server-Sent Events have it."""
        made = self._frames.get(face)
        if made is None:
            made = self._frames[face] = self._make(face)
        return made

    def _make(self, face: Face) -> bytes:
        if face == "html" and self.html is not None:
            return sse_frame(None, self.html(), self.cursor, self.retry)
        if face == "text":
            return self._make_text()
        return sse_frame(self.type, self._json(), self.cursor, self.retry)

    def _make_text(self) -> bytes:
        """A heartbeat is a comment: it keeps the line open and shows nothing."""
        if self.type == "heartbeat":
            return f": heartbeat\nid: {self.cursor}\n\n".encode()
        lines = [f"{self.type} {self._json()}"] if self.text is None else self.text()
        return sse_frame(None, "\n".join(map(printable, lines)), self.cursor, self.retry)

    def _json(self) -> str:
        return encode(self.data if self.channel is None else {"channel": self.channel, **self.data}).decode()


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
