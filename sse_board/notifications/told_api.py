"""`GET /api/v1/admin/events`: what was told."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.live.cursor import from_cursor
from sse_board.notifications.told import ToldEvents, Wanted
from sse_board.web.answers import ok
from sse_board.web.bodies import UUID, query_integer, query_matching, query_time
from sse_board.web.identity import Authenticator, require_admin

#: Events of one answer: each may speak of thousands of people.
USUAL_EVENTS, MOST_EVENTS = 50, 100
#: Behind every event.
THE_END = 2**62

_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,49}", re.ASCII)
_ENTITY = re.compile(r"[^\x00]{1,100}")
_CURSOR = re.compile(r"c[0-9a-z]{1,12}", re.ASCII)


class ToldApi:
    def __init__(self, authenticator: Authenticator, events: ToldEvents) -> None:
        self._authenticator = authenticator
        self._events = events

    def routes(self) -> list[Route]:
        return [Route("/api/v1/admin/events", self.page, methods=["GET"])]

    async def page(self, request: Request) -> Response:
        require_admin(self._authenticator, request)
        page = await self._events.page(_wanted(request))
        told = {"events": page.events, "before": page.before}
        return ok(told, headers={"Cache-Control": "private, no-store"})


def _wanted(request: Request) -> Wanted:
    """Raises InvalidRequest."""
    before = query_matching(request, "before", _CURSOR, "the id of an event")
    return Wanted(
        THE_END if before is None else min(from_cursor(before) or 0, THE_END),
        query_matching(request, "type", _WORD, "a type of events"),
        query_matching(request, "entityType", _WORD, "a type of entities"),
        query_matching(request, "entityId", _ENTITY, "an id"),
        query_matching(request, "actor", UUID, "a user id"),
        query_time(request, "since"),
        query_time(request, "until"),
        query_integer(request, "limit", USUAL_EVENTS, 1, MOST_EVENTS),
    )
