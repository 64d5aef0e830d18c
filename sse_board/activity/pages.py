"""`/activity`: the feed, painted here and kept true by the stream."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.activity.api import before, version
from sse_board.activity.feed import END, Feed
from sse_board.activity.kinds import FEED
from sse_board.web.templates import Templates

#: Entries on one page: what the page polls, too.
PAGE_ROWS = 50

FindViewer = Callable[[Request], Awaitable[Any]]


class ActivityPages:
    def __init__(self, feed: Feed, templates: Templates, viewer: FindViewer) -> None:
        self._feed = feed
        self._templates = templates
        self._viewer = viewer

    def routes(self) -> list[Route]:
        return [Route("/activity", self.activity, methods=["GET"])]

    async def activity(self, request: Request) -> Response:
        """`?before=`: what is older; such a page does not change. Raises InvalidRequest."""
        place = before(request)
        entries = await self._feed.page(place, PAGE_ROWS)
        return self._templates.page(
            "activity.html" if place == END else "older_activity.html",
            viewer=await self._viewer(request),
            stories=[entry.payload()["data"] for entry in entries],
            version=version(entries),
            older=entries[-1].cursor if len(entries) == PAGE_ROWS else None,
            stream_url=f"/api/v1/stream?{urlencode({'channels': FEED, 'format': 'html'})}",
        )
