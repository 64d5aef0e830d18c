"""Keeps a browser logged in: a page asked for with an expired access cookie renews the login on the way."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sse_board.accounts.authentication import Authentication
from sse_board.accounts.cookies import (
    ACCESS_COOKIE,
    COOKIE_PREFIX,
    REFRESH_COOKIE,
    clear_login_cookies,
    set_login_cookies,
)
from sse_board.accounts.refresh import Refresh
from sse_board.errors import TokenExpired, TokenReused, Unauthorized, Unavailable
from sse_board.web.headers import headers_of, with_headers

#: These handle the refresh cookie themselves.
_LEFT_ALONE = ("/api/v1/auth/", "/logout", "/static/")
_NAMES = (ACCESS_COOKIE, REFRESH_COOKIE)


class Renewal:
    """ASGI middleware; only what a browser shows as a page is renewed, everything else passes untouched."""

    def __init__(self, app: ASGIApp, *, authentication: Authentication, refresh: Refresh) -> None:
        self.app = app
        self.authentication = authentication
        self.refresh = refresh

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._needs_renewal(scope):
            await self.app(scope, receive, send)
            return
        request, answer = Request(scope), Response()
        try:
            cookies = await self._renew(request, answer)
        except Unavailable:
            # The cookies may still be good: the page is anonymous this once.
            await self.app(scope, receive, send)
            return
        await self.app(_with_cookies(scope, cookies), receive, _adding(answer, send))

    def _needs_renewal(self, scope: Scope) -> bool:
        """A page by its method and `Accept`, with a cookie of ours and no identity in it."""
        headers = headers_of(scope)
        return (
            COOKIE_PREFIX.encode() in headers.get(b"cookie", b"")
            and b"authorization" not in headers
            and scope["method"] in ("GET", "POST")
            and b"text/html" in headers.get(b"accept", b"")
            and not scope["path"].startswith(_LEFT_ALONE)
            and any(name in Request(scope).cookies for name in _NAMES)
            and self.authentication.peek(Request(scope)) is None
        )

    async def _renew(self, request: Request, answer: Response) -> dict[str, str]:
        """Puts the Set-Cookie lines on `answer`; the cookies that the page shall see."""
        kept = {name: value for name, value in request.cookies.items() if name not in _NAMES}
        try:
            grant = await self.refresh.rotate(request.cookies.get(REFRESH_COOKIE, ""))
        except (Unauthorized, TokenExpired, TokenReused):
            clear_login_cookies(answer, request)
            return kept
        set_login_cookies(answer, request, grant)
        return {**kept, ACCESS_COOKIE: grant.access_token, REFRESH_COOKIE: grant.refresh_token}


def _with_cookies(scope: Scope, cookies: dict[str, str]) -> Scope:
    line = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    return with_headers(scope, [*headers, (b"cookie", line.encode("latin-1"))])


def _adding(answer: Response, send: Send) -> Send:
    """Adds the cookies to the page's headers, unless the page sets its own; no shared cache may keep it."""
    lines = [header for header in answer.raw_headers if header[0] == b"set-cookie"]

    async def send_with_cookies(message: Message) -> None:
        if message["type"] == "http.response.start" and not _sets_ours(message):
            kept = [header for header in message.get("headers", []) if header[0].lower() != b"cache-control"]
            message = {**message, "headers": [*kept, (b"cache-control", b"private, no-store"), *lines]}
        await send(message)

    return send_with_cookies


def _sets_ours(message: Message) -> bool:
    ours = tuple(f"{name}=".encode() for name in _NAMES)
    headers = message.get("headers", [])
    return any(name.lower() == b"set-cookie" and value.startswith(ours) for name, value in headers)
