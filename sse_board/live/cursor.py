"""The opaque `id:` of a stream: a place in the commit order."""

import re

_CURSOR = re.compile(r"c([0-9a-z]{1,13})")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def to_cursor(position: int) -> str:
    """`c` and the position in base 36: shorter than decimal, and nobody takes it for a number."""
    digits = ""
    while position or not digits:
        position, digit = divmod(position, 36)
        digits = _DIGITS[digit] + digits
    return "c" + digits


def from_cursor(cursor: str) -> int | None:
    """The position; None for what is no cursor of ours."""
    match = _CURSOR.fullmatch(cursor)
    return int(match[1], 36) if match else None
