"""`GET /api/v1/activity`: the feed, the newest first."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sse_board.activity.feed import END, Feed, Told
from sse_board.activity.kinds import EVENTS
from sse_board.errors import InvalidRequest
from sse_board.live.cursor import from_cursor
from sse_board.web.answers import ok
from sse_board.web.bodies import query_integer
from sse_board.web.negotiation import choose_face, etag_matches
from sse_board.web.templates import Templates

#: Entries of one answer.
PAGE_ROWS = 100


class ActivityApi:
    def __init__(self, feed: Feed, templates: Templates) -> None:
        self._feed = feed
        self._templates = templates

    def routes(self) -> list[Route]:
        return [Route("/api/v1/activity", self.page, methods=["GET"])]

    async def page(self, request: Request) -> Response:
        """JSON, or the very fragment that the page polls. Raises InvalidRequest."""
        face = choose_face(request, ("json", "html"))
        limit = query_integer(request, "limit", 50, 1, PAGE_ROWS)
        entries = await self._feed.page(before(request), limit, kind(request))
        etag = f'W/"{version(entries)}-{limit}-{self._templates.build}"'
        headers = {"Cache-Control": "no-cache", "Vary": "Accept", "ETag": etag}
        if etag_matches(request, etag) and face == "html":
            return Response(status_code=304, headers=headers)
        if face == "html":
            context = {"stories": [entry.payload()["data"] for entry in entries], "version": version(entries)}
            return HTMLResponse(self._templates.render("fragments/feed.html", **context), headers=headers)
        is_full = len(entries) == limit
        older = entries[-1].cursor if is_full else None
        return ok({"entries": [entry.payload() for entry in entries], "next": older}, headers={"Vary": "Accept"})


def version(entries: list[Told]) -> str:
    """The name of what begins with these entries, as pages compare it."""
    return f"0-{entries[0].id if entries else 0}"


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
