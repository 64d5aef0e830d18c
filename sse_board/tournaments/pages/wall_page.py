"""`/kiosk/tournaments/{id}`: standings or pairings for a wall, nothing to click."""

import asyncio
from functools import partial
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sse_board.errors import InvalidRequest
from sse_board.tournaments.pages.tournament_page import PAGE, Desktop, id_of, stream_url
from sse_board.tournaments.pages.wall import WALL_WINDOW, Show, Wall, wall
from sse_board.tournaments.showing.sheet import Sheet
from sse_board.tournaments.tournament import PARTICIPANTS_LIMIT
from sse_board.web.bodies import query_integer

KIOSK = f"/kiosk{PAGE}"
THEMES = ("auto", "light", "dark")
#: How long one screen of a long list stands, and what may be asked for: seconds.
TURN_SECONDS, TURN_RANGE = 15, (5, 3_600)
#: What is shown by which fragment.
FRAGMENTS: dict[Show, str] = {"standings": "standings", "pairings": "play"}


class WallPages:
    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def routes(self) -> list[BaseRoute]:
        return [Route(KIOSK, self.kiosk, methods=["GET"]), Route(f"{KIOSK}/part", self.part, methods=["GET"])]

    async def kiosk(self, request: Request) -> Response:
        """`?show=pairings&theme=dark&seconds=20`. Raises NotFound, InvalidRequest, Unavailable."""
        show, page = _show(request), _page(request)
        theme = _one_of(request, "theme", THEMES)
        seconds = query_integer(request, "seconds", TURN_SECONDS, *TURN_RANGE)
        sheet = await self._desktop.tables.sheet(id_of(request))
        screen = await asyncio.to_thread(wall, sheet.picture, sheet.table, show, page)
        return self._desktop.templates.page(
            "kiosk_tournament.html",
            viewer=None,
            tournament=sheet.picture.tournament,
            theme=theme,
            seconds=seconds,
            next_url=_next_url(request, screen),
            show=FRAGMENTS[show],
            stream_url=stream_url(sheet.picture, WALL_WINDOW),
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


def _next_url(request: Request, screen: Wall) -> str | None:
    if screen.pages == 1:
        return None
    query = {**request.query_params, "page": str(screen.following)}
    return f"{request.url.path}?{urlencode(query)}"


def _show(request: Request) -> Show:
    asked = _one_of(request, "show", get_args(Show))
    return "pairings" if asked == "pairings" else "standings"


def _page(request: Request) -> int:
    return query_integer(request, "page", 1, 1, PARTICIPANTS_LIMIT)


def _one_of(request: Request, name: str, known: tuple[str, ...]) -> str:
    """The first where none is named. Raises InvalidRequest."""
    asked = request.query_params.get(name, known[0])
    if asked not in known:
        raise InvalidRequest(f"`{name}` must be one of {', '.join(known)}.", details={name: asked})
    return asked
