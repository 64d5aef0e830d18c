"""`GET /api/v1/activity`: the feed, the newest first."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sse_board.activity.entry import Told
from sse_board.activity.feed import END, Feed
from sse_board.activity.kinds import EVENTS
from sse_board.activity.shown import by_day, shape, shown_stories
from sse_board.clock import Clock
from sse_board.errors import InvalidRequest
from sse_board.live.cursor import from_cursor
from sse_board.web.answers import ok
from sse_board.web.bodies import query_integer
from sse_board.web.negotiation import choose_face, etag_matches
from sse_board.web.templates import Templates

#: Entries of one answer.
PAGE_ROWS = 100


class ActivityApi:
    def __init__(self, feed: Feed, templates: Templates, clock: Clock) -> None:
        self._feed = feed
        self._templates = templates
        self._clock = clock

    def routes(self) -> list[Route]:
        return [Route("/api/v1/activity", self.page, methods=["GET"])]

    async def page(self, request: Request) -> Response:
        """JSON, or the very fragment that the page polls. Raises InvalidRequest."""
        face = choose_face(request, ("json", "html"))
        limit = query_integer(request, "limit", 50, 1, PAGE_ROWS)
        only = kind(request)
        entries = await self._feed.page(before(request), limit, only)
        if face == "html":
            return self._painted(request, entries, limit, only)
        is_full = len(entries) == limit
        older = entries[-1].cursor if is_full else None
        return ok({"entries": [entry.payload() for entry in entries], "next": older}, headers={"Vary": "Accept"})

    def _painted(self, request: Request, entries: Sequence[Told], limit: int, only: str | None) -> Response:
        parts = painted_parts(entries, only, self._clock().date())
        etag = f'W/"{parts["version"]}-{limit}-{only}-{self._templates.build}"'
        headers = {"Cache-Control": "no-cache", "Vary": "Accept", "ETag": etag}
        if etag_matches(request, etag):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(self._templates.render("fragments/feed.html", **parts), headers=headers)


def painted_parts(entries: Sequence[Told], only: str | None, today: date) -> dict[str, Any]:
    """What `fragments/feed.html` is painted from. A day that begins names a new version, as pages compare it."""
    version = f"{today:%Y%m%d}-{entries[0].id if entries else 0}"
    list_id = f"stories-{shape(only)}" if only else "stories"
    groups = by_day(shown_stories(entries), today)
    return {"groups": groups, "only": only, "list_id": list_id, "version": version}


def before(request: Request) -> int:
    """`?before=`: the `id` of an entry, or the `next` of an answer. Raises InvalidRequest."""
    raw = request.query_params.get("before")
    if raw is None:
        return END
    place = from_cursor(raw)
    if place is None or not 0 < place <= END:
        details = {"before": "is no cursor of the feed"}
        raise InvalidRequest("`before` must be the id of an entry.", details=details)
    return place


def kind(request: Request) -> str | None:
    """`?kind=`: as in the type of events, with or without `activity.`. Raises InvalidRequest."""
    raw = request.query_params.get("kind")
    if raw is None:
        return None
    name = raw.removeprefix("activity.")
    if name not in EVENTS:
        raise InvalidRequest("There is no such kind of activity.", details={"kind": f"one of {', '.join(EVENTS)}"})
    return name
