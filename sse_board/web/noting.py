"""What pages want to know of the request that they answer is noted before anything else is done for it."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar

from starlette.types import ASGIApp, Receive, Scope, Send

Note = Callable[[Scope], None]


class Noting:
    """Each note holds for as long as its request is answered."""

    def __init__(self, app: ASGIApp, notes: Sequence[Note]) -> None:
        self._app = app
        self._notes = notes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for note in self._notes:
                note(scope)
        await self._app(scope, receive, send)


class Since:
    """How far the event log had come when the page that is being made was asked for.

    What is told later the page may not show, and its stream begins later still: with this cursor it asks.
    """

    def __init__(self, cursor: Callable[[], str]) -> None:
        self._now = cursor
        self._noted = ContextVar("since", default="")

    def cursor(self) -> str:
        """Empty outside of requests."""
        return self._noted.get()

    def note(self, _: Scope) -> None:
        self._noted.set(self._now())
