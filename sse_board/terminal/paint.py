"""Colours for a terminal. Pure."""

import re

_RESET = "\x1b[0m"
_STYLES = [
    (re.compile(r"^(\S+)(?=  +\d+\.  )"), "\x1b[2m"),  # the board, dimmed
    (re.compile(r"(?<=  )1\.(?=  )"), "\x1b[1;33m"),  # gold
    (re.compile(r"(▲\d+|new|\+[\d.]+ points)(?=$|,)"), "\x1b[32m"),
    (re.compile(r"▼\d+$"), "\x1b[31m"),
    (re.compile(r"^(connection lost|refused) .*$"), "\x1b[31m"),
    (re.compile(r"^(listening to|stream\.rotate|busy) .*$"), "\x1b[2m"),
]


def painted(line: str) -> str:
    for pattern, style in _STYLES:
        line = pattern.sub(lambda match, style=style: f"{style}{match[0]}{_RESET}", line)  # type: ignore[misc]
    return line
