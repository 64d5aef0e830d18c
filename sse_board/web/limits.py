"""How many requests one address or one user may make a minute."""

import time
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from sse_board.errors import RateLimited
from sse_board.web.answers import failure
from sse_board.web.identity import Authenticator, Identity
from sse_board.web.middleware import ErrorAnswer
from sse_board.web.requestid import request_id_of
from sse_board.web.windows import TwoWindows

#: Probes and static files are free: they cost nothing and must not fail because of others.
FREE = ("/livez", "/readyz", "/static/")


class _PerMinute(RateLimitItemPerMinute):
    def key_for(self, *identifiers: str | bytes | int | float) -> str:
        """The key as it is: there is no other limit that it could be mistaken for."""
        return str(identifiers[0])


class RequestCount:
    """In process memory: a Redis round trip on every GET would cost more than the GET.

    Per user where there is a good token, else per address. `outside`: which requests of users are not counted
    here, because whoever answers them has a limit for them.
    """

    def __init__(self, per_minute: int, outside: Callable[[Scope], bool] | None = None) -> None:
        self._outside = outside
        self.item = _PerMinute(per_minute)
        self._windows = TwoWindows(self.item.get_expiry())
        self._limiter = SlidingWindowCounterRateLimiter(self._windows)

    def admits(self, scope: Scope, identity: Identity | None) -> bool:
        """Count a request, unless it is one too many."""
        if identity is not None and self._outside is not None and self._outside(scope):
            return True
        return self._windows.hit(_key(scope, identity), self.item.amount)

    def refusal(self, scope: Scope, identity: Identity | None) -> RateLimited:
        reset, _ = self._limiter.get_window_stats(self.item, _key(scope, identity))
        return limited("requests", self.item.amount, 60, max(1, round(reset - time.time())))


def _key(scope: Scope, identity: Identity | None) -> str:
    if identity is not None:
        return f"user:{identity.user_id}"
    client = scope.get("client")
    return f"address:{client[0] if client else ''}"


class RequestLimits:
    def __init__(
        self, app: ASGIApp, *, count: RequestCount, authenticator: Authenticator, answer: ErrorAnswer
    ) -> None:
        self.app = app
        self.count = count
        self.authenticator = authenticator
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"].startswith(FREE):
            await self.app(scope, receive, send)
            return
        identity = self.authenticator.peek(HTTPConnection(scope))
        app = self.app
        if not self.count.admits(scope, identity):
            app = self._refusal(scope, self.count.refusal(scope, identity))
        await app(scope, receive, send)

    def _refusal(self, scope: Scope, error: RateLimited) -> ASGIApp:
        """A handshake counts like any request."""
        if scope["type"] == "http":
            return self.answer(Request(scope), error)
        answer = failure(error, request_id_of(scope))

        async def deny(scope: Scope, receive: Receive, send: Send) -> None:
            await WebSocket(scope, receive, send).send_denial_response(answer)

        return deny


def limited(policy: str, quota: int, window: int, wait: int, message: str | None = None) -> RateLimited:
    """The 429 with its `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers).

    `window` and `wait` in seconds.
    """
    return RateLimited(
        message,
        headers={
            "Retry-After": str(wait),
            "RateLimit": f'"{policy}";r=0;t={wait}',
            "RateLimit-Policy": f'"{policy}";q={quota};w={window}',
        },
    )
