"""`/kiosk/tournaments/{id}`: standings or pairings for a wall, nothing to click."""

import asyncio
from functools import partial
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sse_board.errors import InvalidRequest
from sse_board.tournaments.pages.tournament_page import PAGE, Desktop, events_url, id_of, stream_url
from sse_board.tournaments.pages.wall import WALL_WINDOW, Show, Wall, wall
from sse_board.tournaments.showing.sheet import Sheet
from sse_board.tournaments.tournament import PARTICIPANTS_LIMIT, Picture
from sse_board.web.bodies import query_integer
from sse_board.web.walls import Walls

KIOSK = f"/kiosk{PAGE}"
#: How long one screen of a long list stands where nobody says it: seconds.
TURN_SECONDS = 15
#: What is shown by which fragment.
FRAGMENTS: dict[Show, str] = {"standings": "standings", "pairings": "play"}


class WallPages:
    def __init__(self, desktop: Desktop, walls: Walls) -> None:
        self._desktop = desktop
        self._walls = walls

    def routes(self) -> list[BaseRoute]:
        return [Route(KIOSK, self.kiosk, methods=["GET"]), Route(f"{KIOSK}/part", self.part, methods=["GET"])]

    async def kiosk(self, request: Request) -> Response:
        """`?show=pairings&theme=dark&seconds=20`. Raises NotFound, InvalidRequest, Unavailable."""
        show, page = _show(request), _page(request)
        fittings = self._walls.fittings(request, TURN_SECONDS)
        sheet = await self._desktop.tables.sheet(id_of(request))
        screen = await asyncio.to_thread(wall, sheet.picture, sheet.table, show, page)
        return self._desktop.templates.page(
            "kiosk_tournament.html",
            viewer=None,
            tournament=sheet.picture.tournament,
            code=self._walls.code(request, f"/tournaments/{sheet.picture.tournament.id}"),
            next_url=_next_url(request, screen),
            show=FRAGMENTS[show],
            stream_url=_stream_url(sheet.picture, screen),
            **fittings,
            **_painted(sheet, show, screen),
        )

    async def part(self, request: Request) -> Response:
        """One screen of a long list by itself, for who polls. Raises as `kiosk` does."""
        show, page = _show(request), _page(request)
        sheet = await self._desktop.tables.sheet(id_of(request))
        make = partial(self._part, sheet, show, page)
        key = (sheet.picture.tournament.id, "wall", show, page)
        return await self._desktop.answers.answer(request, sheet.version, "html", key, make)

    def _part(self, sheet: Sheet, show: Show, page: int) -> bytes:
        screen = wall(sheet.picture, sheet.table, show, page)
        painted = _painted(sheet, show, screen)
        return self._desktop.templates.render(f"fragments/{FRAGMENTS[show]}.html", **painted).encode()


def _painted(sheet: Sheet, show: Show, screen: Wall) -> dict[str, Any]:
    """The stream brings what fits one screen; a screen of many has a name of its own, by which it is polled."""
    if screen.pages == 1:
        return screen.parts
    id = sheet.picture.tournament.id
    query = urlencode({"show": show, "page": screen.page})
    poll = f"/kiosk/tournaments/{id}/part?{query}"
    return {**screen.parts, "part_id": f"wall-{screen.page}", "channel": "wall", "poll": poll}


def _stream_url(picture: Picture, screen: Wall) -> str:
    """Frames show what fits one screen; for a screen of many they are all for nothing: events wake its polls."""
    return stream_url(picture, WALL_WINDOW) if screen.pages == 1 else events_url(picture)


def _next_url(request: Request, screen: Wall) -> str | None:
    if screen.pages == 1:
        return None
    query = {**request.query_params, "page": str(screen.following)}
    return f"{request.url.path}?{urlencode(query)}"


def _show(request: Request) -> Show:
    """`?show=`. Raises InvalidRequest."""
    known: tuple[Show, ...] = get_args(Show)
    for show in known:
        if request.query_params.get("show", known[0]) == show:
            return show
    raise InvalidRequest(f"`show` must be one of {', '.join(known)}.", details={"show": " or ".join(known)})


def _page(request: Request) -> int:
    return query_integer(request, "page", 1, 1, PARTICIPANTS_LIMIT)
