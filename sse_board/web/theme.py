"""Whether pages are light or dark: as the reader's system says, or as they chose, which a cookie remembers."""

from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from sse_board.errors import InvalidRequest
from sse_board.web.headers import headers_of
from sse_board.web.origins import is_foreign, safe_next

AUTO = "auto"
THEMES = (AUTO, "light", "dark")
COOKIE = "sse_board_theme"
#: How long a choice is remembered: a year, the longest that browsers promise.
COOKIE_SECONDS = 365 * 86_400
#: More fields than the form has.
FORM_FIELDS = 20


class Themes:
    """What the reader of the page that is just being made has chosen: templates ask for it."""

    def __init__(self) -> None:
        self._chosen = ContextVar("theme", default=AUTO)

    def chosen(self) -> str:
        return self._chosen.get()

    def note(self, scope: Scope) -> None:
        self._chosen.set(_remembered(headers_of(scope).get(b"cookie", b"")))

    def routes(self) -> list[Route]:
        return [Route("/theme", self.choose, methods=["POST"])]

    async def choose(self, request: Request) -> Response:
        """Back to the page with the form. Raises InvalidRequest."""
        theme = _theme_in((await request.body()).decode("utf-8", "replace"))
        if theme not in THEMES:
            raise InvalidRequest(f"`theme` must be one of {', '.join(THEMES)}.", details={"theme": THEMES})
        response = RedirectResponse(way_back(request.headers.get("referer", ""), request.headers.get("host")), 303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, theme, COOKIE_SECONDS, secure=secure, httponly=True, samesite="lax")
        return response


def _theme_in(form: str) -> str:
    try:
        return parse_qs(form, max_num_fields=FORM_FIELDS).get("theme", [""])[-1]
    except ValueError:
        return ""


def _remembered(cookie: bytes) -> str:
    """Most requests have no such cookie, and are not read any further."""
    if COOKIE.encode() not in cookie:
        return AUTO
    try:
        found = SimpleCookie(cookie.decode("latin-1")).get(COOKIE)
    except CookieError:
        return AUTO
    return found.value if found and found.value in THEMES else AUTO


def way_back(referer: str, host: str | None) -> str:
    """To the page of this site that the form was on, or to `/`."""
    try:
        came = urlsplit(referer)
    except ValueError:
        return "/"
    if not referer or is_foreign(referer, host, ()):
        return "/"
    return safe_next(came.path + (f"?{came.query}" if came.query else ""))
