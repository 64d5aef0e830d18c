"""Answers by route, and errors by code, counted in plain numbers."""

from collections import Counter

from starlette.routing import Mount
from starlette.types import Scope

from sse_board.tally import Tally
from sse_board.web.headers import route_of

#: What asks for no route of ours, or was refused before one was looked for.
NO_ROUTE = "none"
#: Methods that are told apart; clients may invent as many as they like.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "other"

#: Coarser than elsewhere, as there are so many of them: seconds.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0)

#: The route's template, the method, the status as `2xx`.
Key = tuple[str, ...]


class RequestCounts:
    """`seconds` go from a request to the head of its answer: how long a stream lasts says nothing about us."""

    def __init__(self) -> None:
        self.seconds: dict[Key, Tally] = {}
        self.errors: Counter[str] = Counter()

    def add(self, scope: Scope, status: int, seconds: float) -> None:
        self.tally(_template(scope), scope["method"], status).add(seconds)

    def tally(self, template: str, method: str, status: int) -> Tally:
        """Where answers of this kind are counted; there are as many kinds as routes, methods and classes."""
        key = (template, method if method in METHODS else OTHER_METHOD, f"{status // 100}xx")
        found = self.seconds.get(key)
        if found is None:
            found = self.seconds[key] = Tally(BOUNDS)
        return found


def _template(scope: Scope) -> str:
    route = route_of(scope)
    if route is None:
        return NO_ROUTE
    return "/static" if isinstance(route, Mount) else str(route.path)
