"""The short way for what programs post all the time, past middleware that would find nothing to do."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
    """A request whose body is here. `identity` is of a good bearer token, `name` what a `Named` path has."""

    identity: Identity
    headers: Mapping[bytes, bytes]
    body: bytes
    request_id: str
    name: str = ""


#: What is posted → the data of a 200. Raises BoardError.
Handler = Callable[[Posted], Awaitable[Any]]


class Named:
    """Addresses of one form, `/things/{id}/part`; what the handler gives is answered with `status`."""

    def __init__(self, template: str, handler: Handler, status: int = 200) -> None:
        self.template = template
        self.handler = handler
        self.status = status
        self._prefix, _, rest = template.partition("{")
        self._suffix = rest.partition("}")[2]

    def name_in(self, path: str) -> str | None:
        """What stands in the path; None for one of another form."""
        if not path.startswith(self._prefix) or not path.endswith(self._suffix):
            return None
        name = path[len(self._prefix) : -len(self._suffix)]
        return name if name and "/" not in name else None


class _Asked(NamedTuple):
    """What a request is for."""

    handler: Handler
    template: str
    name: str = ""
    status: int = 200


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
        named: Sequence[Named] = (),
        authenticator: Authenticator,
        count: RequestCount,
        counts: RequestCounts,
    ) -> None:
        self.app = app
        self.counts = counts
        self.handlers = {path: _Asked(handler, path) for path, handler in handlers.items()}
        self.named = named
        self.authenticator = authenticator
        self.count = count
        self.log = RequestLog()
        self.fixed = fixed((*SECURITY_HEADERS, *varying([])))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        asked = self._asked(scope["path"]) if scope["type"] == "http" else None
        identity = self.authenticator.peek(HTTPConnection(scope)) if asked and _is_plain(scope) else None
        if asked is None or identity is None or not self.count.admits(scope, identity):
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        log.request_id.set(request_id)
        body, status = await _body(receive), 0
        if body is not None:
            posted = Posted(identity, headers_of(scope), body, request_id, asked.name)
            answer = await self._answer(asked, posted)
            status = answer.status_code
            self.counts.tally(asked.template, "POST", status).add(time.perf_counter() - began)
            headers = [*answer.raw_headers, (b"x-request-id", request_id.encode())]
            await send_whole(scope, send, status, headers, self.fixed, bytes(answer.body))
        self.log.add(scope, request_id, status, time.perf_counter() - began)

    def _asked(self, path: str) -> _Asked | None:
        found = self.handlers.get(path)
        if found is not None:
            return found
        for form in self.named:
            name = form.name_in(path)
            if name is not None:
                return _Asked(form.handler, form.template, name, form.status)
        return None

    async def _answer(self, asked: _Asked, posted: Posted) -> Json:
        try:
            return ok(await asked.handler(posted), asked.status)
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
