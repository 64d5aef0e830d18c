"""What all walls have in common: how they look, how long a turn takes, the clock, and where else their page is."""

import re
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from sse_board.clock import Clock, iso
from sse_board.errors import InvalidRequest
from sse_board.web.bodies import query_integer
from sse_board.web.codes import Codes
from sse_board.web.headers import headers_of
from sse_board.web.theme import THEMES

#: How long one screen may stand before the next one comes: seconds.
TURN_RANGE = (5, 3_600)

#: A host as browsers send it, port included. What else stands in the header gets no code.
_HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?", re.ASCII)


class Walls:
    """What the pages of walls are given beside what they show."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._codes = Codes()

    def fittings(self, request: Request, turn_seconds: int) -> dict[str, Any]:
        """`turn_seconds`: how long one screen stands where nobody says it. Raises InvalidRequest."""
        return {
            "theme": theme_of(request),
            "seconds": query_integer(request, "seconds", turn_seconds, *TURN_RANGE),
            "clock": iso(self._now()),
        }

    def code(self, request: Request, path: str) -> Markup:
        """A QR code of `path` where this request reached us; nothing where it does not say where that was."""
        address = address_of(request, path)
        return self._codes.of(address) if address else Markup("")


def theme_of(request: Request, default: str = THEMES[0]) -> str:
    """`?theme=`. Raises InvalidRequest."""
    theme = request.query_params.get("theme", default)
    if theme not in THEMES:
        raise InvalidRequest(f"`theme` must be one of {', '.join(THEMES)}.", details={"theme": theme})
    return theme


def address_of(request: Request, path: str) -> str | None:
    """The whole address of `path` for whoever can reach us as this request did."""
    host = headers_of(request.scope).get(b"host", b"").decode("latin-1")
    return f"{request.scope['scheme']}://{host}{path}" if _HOST.fullmatch(host) else None
