"""The short way for what programs post all the time, past middleware that would find nothing to do."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from sse_board import log
from sse_board.errors import BoardError
from sse_board.web.answers import Json, failure, ok
from sse_board.web.bodylimit import BODY_LIMIT
from sse_board.web.cors import varying
from sse_board.web.headers import headers_of
from sse_board.web.identity import Authenticator, Identity
from sse_board.web.limits import RequestCount
from sse_board.web.middleware import SECURITY_HEADERS
from sse_board.web.requestcounts import RequestCounts
from sse_board.web.requestid import request_id_of
from sse_board.web.requestlog import RequestLog
from sse_board.web.whole import fixed, send_whole

_log = structlog.get_logger()


class Posted(NamedTuple):
    """A request whose body is here. `identity` is of a good bearer token."""

    identity: Identity
    headers: Mapping[bytes, bytes]
    body: bytes
    request_id: str


#: What is posted → the data of a 200. Raises BoardError.
Handler = Callable[[Posted], Awaitable[Any]]

#: What a request with one of these needs, the short way does not have: CORS, cookies, a count of chunks.
LONG = frozenset({b"origin", b"cookie", b"transfer-encoding"})


class Direct:
    """Answers a POST with a bearer token whose body is announced; every other request goes to `app` untouched.

    What the middleware would do for it is done here in one go (D20): count, name and log it, add its headers.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        handlers: Mapping[str, Handler],
        authenticator: Authenticator,
        count: RequestCount,
        counts: RequestCounts,
    ) -> None:
        self.app = app
        self.counts = counts
        self.handlers = handlers
        self.authenticator = authenticator
        self.count = count
        self.log = RequestLog()
        self.fixed = fixed((*SECURITY_HEADERS, *varying([])))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        handler = self.handlers.get(scope["path"]) if scope["type"] == "http" else None
        identity = self.authenticator.peek(HTTPConnection(scope)) if handler and _is_plain(scope) else None
        if handler is None or identity is None or not self.count.admits(scope, identity):
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        log.request_id.set(request_id)
        body, status = await _body(receive), 0
        if body is not None:
            answer = await self._answer(handler, Posted(identity, headers_of(scope), body, request_id))
            status = answer.status_code
            self.counts.tally(scope["path"], "POST", status).add(time.perf_counter() - began)
            headers = [*answer.raw_headers, (b"x-request-id", request_id.encode())]
            await send_whole(scope, send, status, headers, self.fixed, bytes(answer.body))
        self.log.add(scope, request_id, status, time.perf_counter() - began)

    async def _answer(self, handler: Handler, posted: Posted) -> Json:
        try:
            return ok(await handler(posted))
        except BoardError as raised:
            error = raised
        except Exception:
            _log.exception("request failed")
            error = BoardError()
        self.counts.errors[error.code] += 1
        return failure(error, posted.request_id)


def _is_plain(scope: Scope) -> bool:
    headers = headers_of(scope)
    length = headers.get(b"content-length", b"")
    return (
        scope["method"] == "POST"
        and not scope["query_string"]
        and b"authorization" in headers
        and LONG.isdisjoint(headers)
        and length.isdigit()
        and int(length) <= BODY_LIMIT
    )


async def _body(receive: Receive) -> bytes | None:
    """None when the client left; the server sees to it that no more comes than was announced."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            _log.info("client left in the middle of its request")
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)
