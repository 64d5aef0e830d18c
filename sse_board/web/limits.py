"""How many requests one address or one user may make a minute."""

import time
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sse_board.errors import RateLimited
from sse_board.web.middleware import ErrorAnswer

#: Probes and static files are free: they cost nothing and must not fail because of others.
FREE = ("/livez", "/readyz", "/static/")


class RequestLimits:
    """Counts in process memory: a Redis round trip on every GET would cost more than the GET."""

    def __init__(
        self, app: ASGIApp, *, per_minute: int, key_of: Callable[[Request], str], answer: ErrorAnswer
    ) -> None:
        self.app = app
        self.answer = answer
        self.key_of = key_of
        self.item = RateLimitItemPerMinute(per_minute)
        self.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(FREE):
            await self.app(scope, receive, send)
            return
        key = self.key_of(Request(scope))
        if await self.limiter.hit(self.item, key):
            await self.app(scope, receive, send)
            return
        reset, _ = await self.limiter.get_window_stats(self.item, key)
        error = limited("requests", self.item.amount, 60, max(1, round(reset - time.time())))
        await self.answer(Request(scope), error)(scope, receive, send)


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
