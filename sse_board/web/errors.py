"""Errors as answers: the envelope for programs, a page for people."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
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
        if not _is_for_people(request):
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
        if kind is not MethodNotAllowed:
            return answer(request, kind(headers=error.headers))
        if request.method == "GET" and _is_for_people(request) and (page := _page_above(request)):
            return RedirectResponse(page, 303)
        allowed = _methods(request, request.scope["path"]) or {"GET", "HEAD"}  # static files are no routes
        return answer(request, kind(headers={"Allow": ", ".join(sorted(allowed))}))

    return {BoardError: ours, HTTPException: frameworks}


def _is_for_people(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _page_above(request: Request) -> str | None:
    """Where a form's address leads whoever opens it by itself: a refused form stands there, and is shared."""
    above = (str(path) for path in PurePosixPath(request.scope["path"]).parents)
    return next((path for path in above if "GET" in _methods(request, path)), None)


def _methods(request: Request, path: str) -> set[str]:
    """Those of all routes with this path: the framework names only those of the first."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    return {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
