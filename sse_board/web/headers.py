"""A request's headers, read once: every request is asked for half a dozen of them, and objects would cost more."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.types import Scope

RawHeaders = Iterable[tuple[bytes, bytes]]

#: Where they are kept in the scope.
_KEY = "sse_board.headers"
#: Where a request whose headers were changed says what became of it.
_CHANGED = "sse_board.changed"


def headers_of(scope: Scope) -> Mapping[bytes, bytes]:
    """By lower-case name; the first where one is repeated, which is what Starlette takes too."""
    found: dict[bytes, bytes] | None = scope.get(_KEY)
    if found is None:
        found = scope[_KEY] = dict(scope["headers"][::-1])
    return found


def with_headers(scope: Scope, headers: RawHeaders) -> Scope:
    """The same request with these headers instead of its own."""
    changed = {**scope, "headers": list(headers)}
    changed.pop(_KEY, None)
    scope[_CHANGED] = changed
    return changed


def route_of(scope: Scope) -> Any:
    """The route that the request was found to be for, whatever became of its headers on the way; else None."""
    return scope.get(_CHANGED, scope).get("route")
