"""`GET /api/v1/tournaments/{id}/standings`, `/crosstable`: one URL, four faces; and how tie-breaks came about."""

from collections.abc import Callable, Hashable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import InvalidRequest
from sse_board.tournaments.api.answering import Answers
from sse_board.tournaments.api.reading import ONE
from sse_board.tournaments.ids import known_id
from sse_board.tournaments.showing.crosspanel import crosstable_panel
from sse_board.tournaments.showing.crosstable import crosstable_csv, crosstable_payload, crosstable_text
from sse_board.tournaments.showing.faces import standings_csv, standings_payload, standings_text
from sse_board.tournaments.showing.panel import standings_panel
from sse_board.tournaments.showing.sheet import Sheet
from sse_board.tournaments.showing.tables import Tables
from sse_board.tournaments.standings.explain import explain
from sse_board.tournaments.tournament import PARTICIPANTS_LIMIT, ROUNDS_LIMIT
from sse_board.web.answers import encode
from sse_board.web.bodies import UUID, query_integer, query_matching
from sse_board.web.negotiation import choose_face
from sse_board.web.templates import Templates

FACES = ("json", "html", "csv", "text")


class StandingsApi:
    def __init__(self, tables: Tables, templates: Templates, answers: Answers) -> None:
        self._tables = tables
        self._templates = templates
        self._answers = answers

    def routes(self) -> list[Route]:
        return [
            Route(f"{ONE}/standings", self.standings, methods=["GET"]),
            Route(f"{ONE}/standings/explain", self.explanation, methods=["GET"]),
            Route(f"{ONE}/crosstable", self.crosstable, methods=["GET"]),
        ]

    async def standings(self, request: Request) -> Response:
        """All rows, unless `limit` says fewer. Raises InvalidRequest, NotAcceptable, NotFound, Unavailable."""
        face = choose_face(request, FACES)
        limit = _optional(request, "limit", PARTICIPANTS_LIMIT)
        offset = query_integer(request, "offset", 0, 0, PARTICIPANTS_LIMIT)
        sheet = await self._sheet(request)
        part = partial(self._standings, face, sheet, offset, limit)
        return await self._answer(request, "standings", sheet, face, (offset, limit), part)

    async def crosstable(self, request: Request) -> Response:
        """Raises InvalidRequest, NotAcceptable, NotFound, Unavailable."""
        face = choose_face(request, FACES)
        sheet = await self._sheet(request)
        return await self._answer(request, "crosstable", sheet, face, (), partial(self._crosstable, face, sheet))

    async def explanation(self, request: Request) -> Response:
        """How one participant's tie-breaks came about. Raises InvalidRequest, NotFound, Unavailable."""
        asked = query_matching(request, "participant", UUID, "the id of a participant")
        if asked is None:
            raise InvalidRequest("`participant` says whose.", details={"participant": "is required"})
        sheet, who = await self._sheet(request), asked.lower()
        make = partial(_explanation, sheet, who)
        return await self._answer(request, "explanation", sheet, "json", (who,), make)

    async def _sheet(self, request: Request) -> Sheet:
        through = _optional(request, "round", ROUNDS_LIMIT)
        return await self._tables.sheet(known_id(request.path_params["tournament_id"]), through)

    async def _answer(
        self,
        request: Request,
        what: str,
        sheet: Sheet,
        face: str,
        part: tuple[Hashable, ...],
        make: Callable[[], bytes],
    ) -> Response:
        key = (sheet.picture.tournament.id, what, sheet.table.through, *part)
        return await self._answers.answer(request, sheet.version, face, key, make)

    def _standings(self, face: str, sheet: Sheet, offset: int, limit: int | None) -> bytes:
        if face == "html":
            panel = standings_panel(sheet.picture, sheet.table, limit)
            return self._templates.render("fragments/standings.html", standings=panel).encode()
        if face == "csv":
            return standings_csv(sheet, offset, limit).encode()
        if face == "text":
            return standings_text(sheet, offset, limit).encode()
        return encode({"success": True, "data": standings_payload(sheet, offset, limit)})

    def _crosstable(self, face: str, sheet: Sheet) -> bytes:
        if face == "html":
            panel = crosstable_panel(sheet.picture, sheet.table)
            return self._templates.render("fragments/crosstable.html", crosstable=panel).encode()
        if face == "csv":
            return crosstable_csv(sheet).encode()
        if face == "text":
            return crosstable_text(sheet).encode()
        return encode({"success": True, "data": crosstable_payload(sheet)})


def _explanation(sheet: Sheet, participant_id: str) -> bytes:
    told = explain(sheet.picture, participant_id, sheet.table.through or None)
    return encode({"success": True, "data": told})


def _optional(request: Request, name: str, most: int) -> int | None:
    """`?name=`, None where it is not given. Raises InvalidRequest."""
    return query_integer(request, name, 1, 1, most) if name in request.query_params else None
