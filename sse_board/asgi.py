"""What a web server runs: the service behind its middleware and its short ways."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sse_starlette.sse import AppStatus
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from sse_board.app import Service
from sse_board.boards.panel import LEADERBOARD
from sse_board.boards.unchanged import BoardResource
from sse_board.settings import Settings
from sse_board.web.errors import answer_error, exception_handlers
from sse_board.web.limits import RequestCount
from sse_board.web.noting import Noting
from sse_board.web.stack import middleware, short_ways


@dataclass(frozen=True, slots=True)
class Application:
    """What a web server runs, what it tells on another port, and how its streams end before a shutdown."""

    asgi: ASGIApp
    metrics: ASGIApp
    drain: Callable[[float], Coroutine[Any, Any, None]]


def create_app(settings: Settings, index: int = 0) -> Application:
    """`index`: which of the web processes this is, from 0."""
    AppStatus.enable_automatic_graceful_drain = False  # our hub ends streams; see D9
    service = Service(settings, index)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with service.running():
            yield

    counts, count = service.requests, RequestCount(settings.requests_per_minute, service.sessions.limits_itself)
    answer = answer_error(service.templates, counts.errors)
    authenticator = service.accounts.authentication
    app = Starlette(
        routes=[*service.routes(), *service.templates.themes.routes()],
        lifespan=lifespan,
        exception_handlers=exception_handlers(answer),
        middleware=[
            *middleware(settings, authenticator, answer, counts, count, service.large_bodies),
            *service.accounts.middleware,
            Middleware(Noting, notes=service.templates.notes),
        ],
    )
    app.router.redirect_slashes = False  # one address for each thing, and none that is made from a Host header
    resources = {LEADERBOARD: BoardResource(service.boards, service.reader, service.tags)}
    handlers, named = service.scores.handlers, [service.sessions.named]
    front = short_ways(app, resources, handlers, named, authenticator, counts, count)
    return Application(front, service.metrics.bare, service.drain)
