"""Answers that are sent in one piece where the server can (`processes/wire.py`), and in two messages elsewhere."""

from typing import NamedTuple

from starlette.types import Scope, Send

from sse_board.web.headers import RawHeaders

#: The ASGI extension: `(status, header lines, body) → whether they were sent`. The lines are taken as they are.
WHOLE = "sse_board.whole"


class Fixed(NamedTuple):
    """Headers that many answers have, and how they look on the wire."""

    headers: RawHeaders
    lines: bytes


def fixed(headers: RawHeaders) -> Fixed:
    kept = tuple(headers)
    return Fixed(kept, _lines(kept))


def _lines(headers: RawHeaders) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


async def send_whole(scope: Scope, send: Send, status: int, headers: RawHeaders, rest: Fixed, body: bytes) -> None:
    """Nothing that comes from outside may be in the headers unchecked: no server looks at them again."""
    whole = scope.get("extensions", {}).get(WHOLE)
    if whole is not None and whole(status, _lines(headers) + rest.lines, body):
        return
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *rest.headers]})
    await send({"type": "http.response.body", "body": body})
