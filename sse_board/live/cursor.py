"""The opaque `id:` of a stream: a place in the event log; that of a poll also says which states were given."""

import re
from collections.abc import Collection
from hashlib import blake2b

_CURSOR = re.compile(r"c([0-9a-z]{1,12})(?:\.([0-9a-f]*))?", re.ASCII)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
#: Hexadecimal digits of a mark: two states of a channel share one by chance once in 2^48.
MARK_DIGITS = 12


def to_cursor(position: int, marks: Collection[str] = ()) -> str:
    """`c` and the position in base 36: shorter than decimal, and nobody takes it for a number."""
    digits = ""
    while position or not digits:
        position, digit = divmod(position, 36)
        digits = _DIGITS[digit] + digits
    return f"c{digits}.{''.join(marks)}" if marks else "c" + digits


def from_cursor(cursor: str) -> int | None:
    """The position; None for what is no cursor of ours."""
    match = _CURSOR.fullmatch(cursor)
    return int(match[1], 36) if match else None


def marks_of(cursor: str) -> frozenset[str]:
    """The marks of the states that were given with this cursor."""
    match = _CURSOR.fullmatch(cursor)
    marks = (match and match[2]) or ""
    return frozenset(marks[start : start + MARK_DIGITS] for start in range(0, len(marks), MARK_DIGITS))


def mark(channel: str, version: str) -> str:
    """What stands for one state of one channel in a cursor."""
    return blake2b(f"{channel} {version}".encode(), digest_size=MARK_DIGITS // 2).hexdigest()
