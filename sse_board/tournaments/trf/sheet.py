"""A text as lines, once nothing in it can surprise anybody. Pure."""

import unicodedata
from dataclasses import dataclass

from sse_board.errors import InvalidRequest
from sse_board.tournaments.tournament import PARTICIPANTS_LIMIT
from sse_board.tournaments.trf.layout import contradiction

#: The widest record lists every participant, five columns each: characters.
LINE_LIMIT = 6_000
#: All participants, and more headers than any program writes.
LINES_LIMIT = PARTICIPANTS_LIMIT + 1_000
#: What is no text: control characters, line ends of other kinds, halves of characters.
_REFUSED = {"Cc", "Zl", "Zp", "Cs"}
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Sheet:
    """`is_ended`: whether the last line ends too. `is_marked`: whether it begins with a byte order mark."""

    lines: tuple[str, ...]
    newline: str = "\n"
    is_ended: bool = True
    is_marked: bool = False

    def text(self) -> str:
        mark = _BYTE_ORDER_MARK if self.is_marked else ""
        return mark + self.newline.join(self.lines) + (self.newline if self.is_ended and self.lines else "")


def decode_trf(body: bytes) -> str:
    """What programs write: UTF-8 today, Latin-1 in former days."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def read_sheet(text: str) -> Sheet:
    """Raises InvalidRequest where a line, or their number, cannot be meant."""
    is_marked = text.startswith(_BYTE_ORDER_MARK)
    text = text.removeprefix(_BYTE_ORDER_MARK)
    newline = next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
    lines = text.split(newline)
    is_ended = lines[-1] == ""
    lines = lines[:-1] if is_ended else lines
    if len(lines) > LINES_LIMIT:
        raise InvalidRequest(f"The file has more than {LINES_LIMIT} lines.")
    for number, line in enumerate(lines, start=1):
        _check(number, line)
    return Sheet(tuple(lines), newline, is_ended, is_marked)


def _check(number: int, line: str) -> None:
    if len(line) > LINE_LIMIT:
        raise contradiction(number, f"longer than {LINE_LIMIT} characters")
    if not line.isascii() or not line.isprintable():
        for column, character in enumerate(line, start=1):
            if unicodedata.category(character) in _REFUSED:
                raise contradiction(number, f"a control character in column {column}")
