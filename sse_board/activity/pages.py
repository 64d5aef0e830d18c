"""`/activity`: the feed, painted here and kept true by the stream."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.activity.api import before, kind, painted_parts
from sse_board.activity.feed import END, Feed
from sse_board.activity.kinds import FEED
from sse_board.activity.shown import CHOICES, older_days, shown_stories
from sse_board.clock import Clock
from sse_board.web.following import page_stream
from sse_board.web.templates import Templates

#: Entries on one page: what the page polls, too.
PAGE_ROWS = 50

FindViewer = Callable[[Request], Awaitable[Any]]


class ActivityPages:
    def __init__(self, feed: Feed, templates: Templates, viewer: FindViewer, clock: Clock) -> None:
        self._feed = feed
        self._templates = templates
        self._viewer = viewer
        self._clock = clock

    def routes(self) -> list[Route]:
        return [Route("/activity", self.activity, methods=["GET"])]

    async def activity(self, request: Request) -> Response:
        """`?kind=`: only that; `?before=`: what is older; such a page does not change. Raises InvalidRequest."""
        place, only = before(request), kind(request)
        entries = await self._feed.page(place, PAGE_ROWS, only)
        today = self._clock().date()
        older = {"before": entries[-1].cursor} if len(entries) == PAGE_ROWS else {}
        parts: dict[str, Any] = (
            painted_parts(entries, only, today)
            if place == END
            else {"groups": older_days(shown_stories(entries), today), "only": only}
        )
        return self._templates.page(
            "activity.html" if place == END else "older_activity.html",
            viewer=await self._viewer(request),
            **parts,
            choices=CHOICES,
            newest_url=_url(only, {}),
            older_url=_url(only, older) if older else None,
            stream_url=page_stream([FEED]),
        )


def _url(only: str | None, more: Mapping[str, str]) -> str:
    query = urlencode({**({"kind": only} if only else {}), **more})
    return f"/activity?{query}" if query else "/activity"
