"""The middleware around every request, outermost first."""

from starlette.middleware import Middleware

from sse_board.settings import Settings
from sse_board.web.bodylimit import BodyLimit
from sse_board.web.cors import Cors
from sse_board.web.identity import Authenticator
from sse_board.web.limits import RequestCount, RequestLimits
from sse_board.web.middleware import Edge, ErrorAnswer, OriginGuard, QueryGuard
from sse_board.web.requestcounts import RequestCounts

#: What pages of other origins may send.
REQUEST_HEADERS = [
    "Authorization",
    "Content-Type",
    "If-None-Match",
    "Last-Event-ID",
    "X-Action-Signature",
    "X-Action-Key-Id",
    "X-Request-ID",
]
#: What browsers of other origins may read besides the body.
EXPOSED = ["ETag", "X-Request-ID", "X-Poll-Interval", "Retry-After", "RateLimit", "RateLimit-Policy"]


def middleware(
    settings: Settings,
    authenticator: Authenticator,
    answer: ErrorAnswer,
    counts: RequestCounts,
    count: RequestCount,
) -> list[Middleware]:
    return [
        Middleware(Edge, answer=answer, counts=counts),
        Middleware(
            Cors,
            allow_origins=settings.allowed_origins,
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=REQUEST_HEADERS,
            expose_headers=EXPOSED,
        ),
        Middleware(RequestLimits, count=count, authenticator=authenticator, answer=answer),
        Middleware(BodyLimit, answer=answer),
        Middleware(OriginGuard, allowed=settings.allowed_origins, answer=answer),
        Middleware(QueryGuard, answer=answer),
    ]
