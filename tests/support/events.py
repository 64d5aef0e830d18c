"""Event streams, parsed as the WHATWG says."""

import codecs
from dataclasses import dataclass
from typing import Any

from tests.support.clients import parse


@dataclass(frozen=True, slots=True)
class Message:
    """One dispatched event. `id` and `retry` are those of its own block, None where it has none."""

    type: str
    data: str
    last_event_id: str
    id: str | None
    retry: int | None

    @property
    def json(self) -> Any:
        return parse(self.data)


class EventParser:
    """Event streams as https://html.spec.whatwg.org/multipage/server-sent-events.html §9.2.6 interprets them."""

    def __init__(self, last_event_id: str = "") -> None:
        self.last_event_id = self._buffer = last_event_id
        self.reconnection_time: int | None = None
        #: Blocks without data: a browser dispatches nothing for them, and htmx ignores what they say.
        self.dropped: list[list[str]] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = ""
        self._after_cr = False
        self._begun = False
        self._block: list[str] = []
        self._clear()

    def feed(self, octets: bytes) -> list[Message]:
        text = self._decoder.decode(octets)
        if text and not self._begun:
            self._begun = True
            text = text.removeprefix("\ufeff")
        messages = []
        for character in _pieces(text):
            if character == "\n" and self._after_cr:
                self._after_cr = False
            elif character in ("\r", "\n"):
                self._after_cr = character == "\r"
                line, self._line = self._line, ""
                if message := self._take(line):
                    messages.append(message)
            else:
                self._after_cr = False
                self._line += character
        return messages

    def _clear(self) -> None:
        self._type, self._data = "", ""
        self._own_id: str | None = None
        self._own_retry: int | None = None
        self._block = []

    def _take(self, line: str) -> Message | None:
        if not line:
            return self._dispatch()
        self._block.append(line)
        if line.startswith(":"):
            return None
        name, _, value = line.partition(":")
        self._field(name, value.removeprefix(" "))
        return None

    def _field(self, name: str, value: str) -> None:
        if name == "event":
            self._type = value
        elif name == "data":
            self._data += value + "\n"
        elif name == "id" and "\0" not in value:
            self._buffer = self._own_id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.reconnection_time = self._own_retry = int(value)

    def _dispatch(self) -> Message | None:
        message = None
        self.last_event_id = self._buffer
        if self._data:
            data = self._data.removesuffix("\n")
            kind = self._type or "message"
            message = Message(kind, data, self.last_event_id, self._own_id, self._own_retry)
        else:
            self.dropped.append(self._block)
        self._clear()
        return message


def _pieces(text: str) -> list[str]:
    """Line ends one by one, what is between them whole."""
    pieces: list[str] = []
    for chunk in text.split("\n"):
        for part in chunk.split("\r"):
            pieces += [part, "\r"] if part else ["\r"]
        pieces[-1] = "\n"
    return pieces[:-1]
