"""The short way to say "unchanged": most polls find nothing new."""

import time
from collections.abc import Awaitable, Mapping
from typing import NamedTuple, Protocol

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from sse_board.errors import BoardError
from sse_board.web.cors import varying
from sse_board.web.headers import RawHeaders, headers_of
from sse_board.web.identity import Authenticator, Identity, require_user
from sse_board.web.limits import RequestCount
from sse_board.web.middleware import SECURITY_HEADERS, given_twice
from sse_board.web.negotiation import names_tag
from sse_board.web.requestcounts import RequestCounts
from sse_board.web.requestid import request_id_of
from sse_board.web.requestlog import RequestLog
from sse_board.web.whole import fixed, send_whole

#: What a request with one of these needs, the short way does not have: CORS, and a limit for bodies.
LONG = frozenset({b"origin", b"content-length", b"transfer-encoding"})


class Present(NamedTuple):
    """What is so now.

    `version`: its name, read from now on, None where nobody can tell. `rest`: what else the tag has. `headers`:
    those of a 304, but for `ETag` and `Vary`.
    """

    version: Awaitable[bytes | None]
    rest: bytes
    headers: RawHeaders


class _Poll(NamedTuple):
    """Who asks, and for which tags nothing would be new."""

    known: bytes
    identity: Identity | None
    present: Present


class Resource(Protocol):
    """Something that can tell for little which state it is in."""

    vary: str

    def present(self, scope: Scope, identity: Identity | None) -> Present | None:
        """None where only the long way can answer. Raises what is wrong with the request."""


class Shortcut:
    """Answers 304, or steps aside and leaves no trace: then `app`, with all its middleware, answers as ever (D20).

    What the middleware would do for a 304 is done here in one go: count, name and log it, add its headers.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        resources: Mapping[str, Resource],
        authenticator: Authenticator,
        count: RequestCount,
        counts: RequestCounts,
    ) -> None:
        self.app = app
        self.resources = resources
        self.authenticator = authenticator
        self.count = count
        self.log = RequestLog()
        self.tallies = {path: counts.tally(path, "GET", 304) for path in resources}
        self.fixed = {
            path: fixed((*SECURITY_HEADERS, *varying([(b"vary", resource.vary.encode())])))
            for path, resource in resources.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        poll = self._poll(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        version = await poll.present.version if poll else None
        headers = self._unchanged(scope, poll, version) if poll and version else None
        if headers is None:
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        headers.append((b"x-request-id", request_id.encode()))
        await send_whole(scope, send, 304, headers, self.fixed[scope["path"]], b"")
        seconds = time.perf_counter() - began
        self.tallies[scope["path"]].add(seconds)
        self.log.add(scope, request_id, 304, seconds)

    def _poll(self, scope: Scope) -> _Poll | None:
        resource, headers = self.resources.get(scope["path"]), headers_of(scope)
        if resource is None or b"if-none-match" not in headers or not LONG.isdisjoint(headers):
            return None
        if given_twice(scope["query_string"]) is not None:
            return None
        try:
            identity = self._identity(scope)
            present = resource.present(scope, identity)
        except BoardError:
            return None
        return _Poll(headers[b"if-none-match"], identity, present) if present else None

    def _identity(self, scope: Scope) -> Identity | None:
        """Raises Unauthorized also for cookies that do not say who it is: pages may renew them."""
        if self.authenticator.is_anonymous(scope):
            return None
        return require_user(self.authenticator, HTTPConnection(scope))

    def _unchanged(self, scope: Scope, poll: _Poll, version: bytes) -> list[tuple[bytes, bytes]] | None:
        """The headers of the 304, if it is one, and the client may ask at all."""
        tag = b'W/"%b%b"' % (version, poll.present.rest)
        if not names_tag(poll.known, tag) or not self.count.admits(scope, poll.identity):
            return None
        return [(b"etag", tag), *poll.present.headers]
