"""A fragment of a page that is asked for again and again, and not sent again to who has it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sse_board.live.pace import Pace
from sse_board.live.tagged import tagged
from sse_board.version import Version
from sse_board.web.negotiation import etag_matches
from sse_board.web.templates import Templates


class Painted:
    def __init__(self, templates: Templates, pace: Pace) -> None:
        self._templates = templates
        self._pace = pace

    def answer(
        self, request: Request, name: str, /, *, version: Version, rest: int = 0, **context: Any
    ) -> Response:
        """`rest`: seconds after which to ask again, at the least."""
        tag = f'W/"{version}-{self._templates.build}"'
        headers = tagged(tag, self._pace)
        headers["X-Poll-Interval"] = str(max(rest, self._pace.poll_seconds))
        if etag_matches(request, tag):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(self._templates.render(name, version=version, **context), headers=headers)
