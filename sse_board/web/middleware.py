"""Plain ASGI middleware around every request: its id, its log line, its limits, its security headers."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import unquote_to_bytes, urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sse_board import log
from sse_board.errors import BoardError, Forbidden, InvalidRequest, Unavailable
from sse_board.web.bodies import shown
from sse_board.web.headers import RawHeaders
from sse_board.web.requestcounts import RequestCounts
from sse_board.web.requestid import request_id_of
from sse_board.web.requestlog import RequestLog

_log = structlog.get_logger()

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

#: For every answer that does not set them itself.
SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

#: Headers of the one page that is made to stand in other pages: all is as above but who may frame it.
FRAMED_BY_ANYBODY = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors *; "
    "object-src 'none'"
}
_SECURITY_NAMES = frozenset(name for name, _ in SECURITY_HEADERS)

#: To whom still waits when the process must end.
GIVEN_UP = "This process ends; look whether what you asked for was done before you ask again."

ErrorAnswer = Callable[[Request, BoardError], ASGIApp]


class Edge:
    """Outermost: gives the request its id, adds the headers of every answer, catches what nobody caught."""

    def __init__(self, app: ASGIApp, *, answer: ErrorAnswer, counts: RequestCounts) -> None:
        self.app = app
        self.answer = answer
        self.counts = counts
        self.log = RequestLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        log.request_id.set(request_id)
        started = time.perf_counter()
        status = 0

        def send_with_headers(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self.counts.add(scope, status, time.perf_counter() - started)
                message["headers"] = _whole(message["headers"], request_id)
            return send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            _log.info("client left in the middle of its request", path=scope["path"])
        except asyncio.CancelledError as end:
            if status or not _is_shutdown(end):
                raise
            _log.warning("request given up: the process ends", path=scope["path"])
            await self.answer(Request(scope), Unavailable(GIVEN_UP))(scope, receive, send_with_headers)
        except Exception as error:
            _log.exception("request failed", path=scope["path"])
            if status:
                raise
            await self.answer(Request(scope), _as_board_error(error))(scope, receive, send_with_headers)
        finally:
            self.log.add(scope, request_id, status, time.perf_counter() - started)
            log.request_id.set("")


def _is_shutdown(end: asyncio.CancelledError) -> bool:
    """Whether the server cancelled it because its time to end is over."""
    return any("graceful shutdown" in str(reason) for reason in end.args)


def _whole(headers: RawHeaders, request_id: str) -> RawHeaders:
    """An answer's headers and those that every answer has."""
    own = dict(headers)
    security = SECURITY_HEADERS
    if not _SECURITY_NAMES.isdisjoint(own):
        security = tuple(header for header in security if header[0] not in own)
    return [*headers, *security, (b"x-request-id", request_id.encode())]


def _as_board_error(error: Exception) -> BoardError:
    return error if isinstance(error, BoardError) else BoardError()


class QueryGuard:
    """Refuses a query parameter that is given twice: nobody could say which one counts."""

    def __init__(self, app: ASGIApp, *, answer: ErrorAnswer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            name = given_twice(scope["query_string"])
            if name is not None:
                message = f"`{name}` is given twice; give it once, with commas between several values."
                error = InvalidRequest(message, details={name: "is given twice"})
                await self.answer(Request(scope), error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def given_twice(query: bytes) -> str | None:
    """The name of a parameter that stands in the query more than once, if there is one."""
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
