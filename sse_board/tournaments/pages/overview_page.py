"""`/tournaments`: all of them, and what organisers begin one with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sse_board.accounts.pages import read_form
from sse_board.clock import Clock, iso
from sse_board.errors import BoardError, InvalidRequest
from sse_board.tournaments import wording
from sse_board.tournaments.api.exchange import IMPORT_LIMIT
from sse_board.tournaments.pages.access import manages
from sse_board.tournaments.pages.overview import overview_parts
from sse_board.tournaments.pages.posted import new_tournament
from sse_board.tournaments.pages.tournament_page import Desktop, complaint_of, log_in
from sse_board.tournaments.rules import require_organiser
from sse_board.tournaments.running.room import Organising
from sse_board.tournaments.showing.listing import LISTED_LIMIT
from sse_board.web.answers import request_id
from sse_board.web.bodies import query_integer
from sse_board.web.following import page_stream
from sse_board.web.identity import Identity

PATH = "/tournaments"
#: Tournaments on one page.
PAGE_ROWS = 25
#: Pages that can be asked for.
PAGES_LIMIT = 10_000
IMPORT_FORM = f"{PATH}/import"
#: Bytes: a file, and what a form puts around it.
IMPORT_FORM_LIMIT = IMPORT_LIMIT + 4 * 1024
#: Its events make the page look again.
STREAM_URL = page_stream(["tournaments:all"])

Fields = Mapping[str, str]
#: What a form makes: the id of a tournament. `kept` takes what was written, for when it is refused.
Make = Callable[[Request, Identity, dict[str, str]], Awaitable[str]]


class OverviewPages:
    def __init__(
        self, desktop: Desktop, organising: Organising, decode: Callable[[bytes], str], clock: Clock
    ) -> None:
        """`decode`: the bytes of a TRF16 file as text; raises InvalidRequest."""
        self._desktop = desktop
        self._organising = organising
        self._decode = decode
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(PATH, self._making(self._create, "/desk/players"), methods=["POST"]),
            Route(f"{PATH}/part", self.part, methods=["GET"]),
            Route(IMPORT_FORM, self._making(self._import, ""), methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """`?page=2` is what is older. Raises InvalidRequest, Unavailable."""
        return await self._page(request)

    async def part(self, request: Request) -> Response:
        """The first page's list by itself, for who polls. Raises Unavailable."""
        parts = await self._parts(1)
        render = partial(self._desktop.templates.render, "fragments/tournaments.html", **parts)
        return await self._desktop.answers.answer(
            request, parts["version"], "html", ("overview",), lambda: render().encode()
        )

    async def _page(
        self, request: Request, error: BoardError | None = None, values: Fields | None = None
    ) -> Response:
        number = query_integer(request, "page", 1, 1, PAGES_LIMIT)
        parts = await self._parts(number)
        return await self._desktop.page(
            request,
            "tournaments.html" if number == 1 else "older_tournaments.html",
            error.status if error else 200,
            **parts,
            manages=manages(self._desktop.authenticator.peek(request)),
            complaint=error and complaint_of(error),
            values=values or {},
            starts=iso(self._clock())[:16],
            systems=list(wording.SYSTEMS.items()),
            stream_url=STREAM_URL,
        )

    async def _parts(self, number: int) -> dict[str, Any]:
        """Pages behind the first have only what is longer over."""
        tables = self._desktop.tables
        over = await tables.listed("completed", PAGE_ROWS, (number - 1) * PAGE_ROWS)
        more = number + 1 if number * PAGE_ROWS < over.total else None
        overview = await tables.overview()
        if number > 1:
            overview = replace(overview, active_tournaments=())
        upcoming = (await tables.listed("upcoming", LISTED_LIMIT, 0)).tournaments if number == 1 else ()
        return {**overview_parts(overview, upcoming, over.tournaments), "more": more}

    # -- forms --

    def _making(self, make: Make, leads_to: str) -> Callable[[Request], Awaitable[Response]]:
        async def submit(request: Request) -> Response:
            actor = self._desktop.authenticator.peek(request)
            if actor is None:
                return log_in(PATH)
            require_organiser(actor)
            kept: dict[str, str] = {}
            try:
                id = await make(request, actor, kept)
            except BoardError as error:
                if error.status not in (400, 409):
                    raise
                return await self._page(request, error, kept)
            return RedirectResponse(f"{PATH}/{id}{leads_to}", 303)

        return submit

    async def _create(self, request: Request, actor: Identity, kept: dict[str, str]) -> str:
        kept.update(await read_form(request))
        return await self._organising.tournaments.create(new_tournament(kept), actor, request_id(request))

    async def _import(self, request: Request, actor: Identity, kept: dict[str, str]) -> str:
        async with request.form(max_files=1, max_fields=1) as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile) or not upload.size:
                raise InvalidRequest("Choose a file first.")
            body = await upload.read()
        return await self._organising.importing.take(self._decode(body), actor, request_id(request))
