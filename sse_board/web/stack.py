"""The middleware around every request, and the short ways past it."""

from collections.abc import Mapping, Sequence

from starlette.middleware import Middleware
from starlette.types import ASGIApp

from sse_board.settings import Settings
from sse_board.web.bodylimit import BodyLimit
from sse_board.web.compression import Compression
from sse_board.web.cors import EXPOSED, REQUEST_HEADERS, Cors
from sse_board.web.direct import Direct, Handler, Named
from sse_board.web.identity import Authenticator
from sse_board.web.limits import RequestCount, RequestLimits
from sse_board.web.middleware import Edge, ErrorAnswer, OriginGuard, QueryGuard
from sse_board.web.requestcounts import RequestCounts
from sse_board.web.shortcut import Resource, Shortcut


def middleware(
    settings: Settings,
    authenticator: Authenticator,
    answer: ErrorAnswer,
    counts: RequestCounts,
    count: RequestCount,
    large_bodies: Mapping[str, int],
) -> list[Middleware]:
    """Outermost first. `large_bodies`: bytes that single paths take."""
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
        Middleware(BodyLimit, answer=answer, larger=large_bodies),
        Middleware(OriginGuard, allowed=settings.allowed_origins, answer=answer),
        Middleware(QueryGuard, answer=answer),
        Middleware(Compression),
    ]


def short_ways(
    app: ASGIApp,
    resources: Mapping[str, Resource],
    handlers: Mapping[str, Handler],
    named: Sequence[Named],
    authenticator: Authenticator,
    counts: RequestCounts,
    count: RequestCount,
) -> ASGIApp:
    """What stands before all of that: polls that find nothing new, and signed actions, pass it by (D20, D28)."""
    front = Shortcut(app, resources=resources, authenticator=authenticator, count=count, counts=counts)
    return Direct(front, handlers=handlers, named=named, authenticator=authenticator, count=count, counts=counts)
