"""Errors as answers: the envelope for programs, a page for people."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import (
    BoardError,
    Forbidden,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from sse_board.web.answers import failure, request_id
from sse_board.web.templates import Templates

#: What the framework raises by itself, in our terms.
_OURS: Mapping[int, type[BoardError]] = {
    400: InvalidRequest,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
}

ErrorAnswer = Callable[[Request, BoardError], Response]


def answer_error(templates: Templates, counts: Counter[str]) -> ErrorAnswer:
    """How an error looks: a page where a page was asked for, else the envelope; `counts` goes by their codes."""

    def answer(request: Request, error: BoardError) -> Response:
        counts[error.code] += 1
        if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
            return failure(error, request_id(request))
        page = templates.page(
            "error.html",
            error.status,
            viewer=None,
            status=error.status,
            message=error.message,
            request_id=request_id(request),
        )
        page.headers.update(error.headers)
        return page

    return answer


def exception_handlers(answer: ErrorAnswer) -> dict[Any, Callable[[Request, Any], Awaitable[Response]]]:
    async def ours(request: Request, error: BoardError) -> Response:
        return answer(request, error)

    async def frameworks(request: Request, error: HTTPException) -> Response:
        kind = _OURS.get(error.status_code, BoardError)
        headers = {"Allow": _allowed(request)} if kind is MethodNotAllowed else error.headers
        return answer(request, kind(headers=headers))

    return {BoardError: ours, HTTPException: frameworks}


def _allowed(request: Request) -> str:
    """The methods of all routes with this path: the framework names only those of the first."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    methods = {
        method
        for route in routes
        if route.path_regex.match(request.scope["path"])
        for method in route.methods or ()
    }
    return ", ".join(sorted(methods or {"GET", "HEAD"}))  # static files are no routes
