"""Plain ASGI middleware around every request: its id, its log line, its limits, its security headers."""

import re
import time
import uuid
from collections import Counter
from collections.abc import Callable
from urllib.parse import unquote_to_bytes, urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sse_board.errors import BoardError, Forbidden, InvalidRequest
from sse_board.web.bodies import shown

_log = structlog.get_logger()

_VISIBLE = re.compile(r"[\x21-\x7e]{1,128}")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

ErrorAnswer = Callable[[Request, BoardError], ASGIApp]


class Edge:
    """Outermost: gives the request its id, adds the headers of every answer, catches what nobody caught."""

    def __init__(self, app: ASGIApp, *, answer: ErrorAnswer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            _log.info("client left in the middle of its request", path=scope["path"])
        except Exception as error:
            _log.exception("request failed", path=scope["path"])
            if status:
                raise
            await self.answer(Request(scope), _as_board_error(error))(scope, receive, send_with_headers)
        finally:
            _log_request(scope, status, time.perf_counter() - started)
            structlog.contextvars.unbind_contextvars("request_id")


def _request_id(given: str | None) -> str:
    return given if given and _VISIBLE.fullmatch(given) else str(uuid.uuid4())


def _as_board_error(error: Exception) -> BoardError:
    return error if isinstance(error, BoardError) else BoardError()


def _log_request(scope: Scope, status: int, seconds: float) -> None:
    """The query is left out: it may carry a token."""
    _log.info(
        "request",
        method=scope["method"],
        path=scope["path"],
        status=status,
        milliseconds=round(seconds * 1000, 2),
        address=(scope.get("client") or ("",))[0],
    )


class QueryGuard:
    """Refuses a query parameter that is given twice: nobody could say which one counts."""

    def __init__(self, app: ASGIApp, *, answer: ErrorAnswer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            name = _given_twice(scope["query_string"])
            if name is not None:
                message = f"`{name}` is given twice; give it once, with commas between several values."
                error = InvalidRequest(message, details={name: "is given twice"})
                await self.answer(Request(scope), error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _given_twice(query: bytes) -> str | None:
    if b"&" not in query:
        return None
    names = [part.partition(b"=")[0] for part in query.split(b"&") if part]
    if b"%" in query:
        names = list(map(unquote_to_bytes, names))
    if len(set(names)) == len(names):
        return None
    return shown(Counter(names).most_common(1)[0][0].decode("utf-8", "replace"))


class OriginGuard:
    """Refuses a state-changing request that a foreign page made with our cookies.

    Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; programs say neither
    and carry no cookies of ours. A bearer token cannot be added by a foreign page, so it needs no guard.
    """

    def __init__(self, app: ASGIApp, *, allowed: tuple[str, ...], answer: ErrorAnswer) -> None:
        self.app = app
        self.answer = answer
        self.allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS and self._is_foreign(scope):
            error = Forbidden("This request comes from a page of another origin.")
            await self.answer(Request(scope), error)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if "authorization" in headers or (origin and origin.lower() in self.allowed):
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in ("same-origin", "none")
        return origin is not None and _host_of(origin) != headers.get("host", "").lower()


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
