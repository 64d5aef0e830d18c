"""`/tournaments`, `/tournaments/{id}`: for everybody who watches, and for players who come and go."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sse_board.errors import BoardError, NotFound
from sse_board.tournaments import wording
from sse_board.tournaments.access import access
from sse_board.tournaments.answering import Answers
from sse_board.tournaments.enrolment import Enrolment
from sse_board.tournaments.panel import (
    STANDINGS_ROWS,
    crosstable_panel,
    page_parts,
    play_panel,
    round_panel,
    standings_panel,
)
from sse_board.tournaments.player_panel import player_panel
from sse_board.tournaments.rules import participant_count, require_round
from sse_board.tournaments.standings.explain import explain
from sse_board.tournaments.tables import Tables
from sse_board.tournaments.tournament import Picture
from sse_board.web.answers import request_id
from sse_board.web.identity import Authenticator, Identity
from sse_board.web.templates import Templates

PAGE = "/tournaments/{tournament_id:uuid}"

FindViewer = Callable[[Request], Awaitable[Any]]
#: What a form makes of a tournament, by whom, in which request. Raises BoardError.
Change = Callable[[str, Identity, str], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Desktop:
    """What all pages of tournaments are made with."""

    templates: Templates
    authenticator: Authenticator
    viewer: FindViewer
    tables: Tables
    answers: Answers

    async def page(self, request: Request, name: str, status: int = 200, /, **context: Any) -> Response:
        """Nobody else's where somebody is known: it shows what they may do."""
        viewer = await self.viewer(request)
        page = self.templates.page(name, status, viewer=viewer, **context)
        if viewer is not None:
            page.headers["Cache-Control"] = "private, no-cache"
        return page


class TournamentPages:
    def __init__(self, desktop: Desktop, enrolment: Enrolment) -> None:
        self._desktop = desktop
        self._tables = desktop.tables
        self._enrolment = enrolment

    def routes(self) -> list[BaseRoute]:
        return [
            Route(PAGE, self.tournament, methods=["GET"]),
            Route(f"{PAGE}/play", self.play, methods=["GET"]),
            Route(f"{PAGE}/rounds/{{number:int}}", self.round, methods=["GET"]),
            Route(f"{PAGE}/crosstable", self.crosstable, methods=["GET"]),
            Route(f"{PAGE}/players/{{participant_id:uuid}}", self.player, methods=["GET"]),
            Route(f"{PAGE}/register", self._submitting(self._enrolment.register), methods=["POST"]),
            Route(f"{PAGE}/withdraw", self._submitting(self._enrolment.withdraw), methods=["POST"]),
        ]

    async def tournament(self, request: Request) -> Response:
        return await self._show(request)

    async def _show(self, request: Request, error: BoardError | None = None) -> Response:
        """Raises NotFound, Unavailable."""
        sheet = await self._tables.sheet(id_of(request))
        picture = sheet.picture
        return await self._desktop.page(
            request,
            "tournament.html",
            error.status if error else 200,
            **facts(picture),
            **page_parts(picture, sheet.table),
            part=access(self._desktop.authenticator.peek(request), picture),
            complaint=error and complaint_of(error),
            stream_url=stream_url(picture, STANDINGS_ROWS, with_presence=True),
        )

    async def play(self, request: Request) -> Response:
        """The round under way by itself, for who polls. Raises NotFound, Unavailable."""
        picture = await self._tables.picture(id_of(request))
        make = partial(self._play, picture)
        return await self._desktop.answers.answer(
            request, picture.version, "html", (picture.tournament.id, "play"), make
        )

    def _play(self, picture: Picture) -> bytes:
        return self._desktop.templates.render("fragments/play.html", play=play_panel(picture)).encode()

    async def round(self, request: Request) -> Response:
        """A round that was started, and how it stood then. Raises NotFound, Unavailable."""
        number = int(request.path_params["number"])
        sheet = await self._tables.sheet(id_of(request), number)
        picture = sheet.picture
        return await self._desktop.page(
            request,
            "tournament_round.html",
            tournament=picture.tournament,
            round=round_panel(picture, require_round(picture, number)),
            newest=picture.rounds[-1].number,
            standings=standings_panel(picture, sheet.table),
        )

    async def crosstable(self, request: Request) -> Response:
        """Raises NotFound, Unavailable."""
        sheet = await self._tables.sheet(id_of(request))
        return await self._desktop.page(
            request,
            "tournament_crosstable.html",
            tournament=sheet.picture.tournament,
            crosstable=crosstable_panel(sheet.picture, sheet.table),
        )

    async def player(self, request: Request) -> Response:
        """How the place of one player came about. Raises NotFound, Unavailable."""
        id = str(request.path_params["participant_id"])
        sheet = await self._tables.sheet(id_of(request))
        row = next((row for row in sheet.table.rows if row.participant.id == id), None)
        if row is None:
            raise NotFound("There is no such player in these standings.")
        explanation = await asyncio.to_thread(explain, sheet.picture, id, sheet.table.through or None)
        return await self._desktop.page(
            request,
            "tournament_player.html",
            tournament=sheet.picture.tournament,
            player=player_panel(sheet.picture, sheet.table, row, explanation),
        )

    def _submitting(self, change: Change) -> Callable[[Request], Awaitable[Response]]:
        """A player comes or goes, and is back on the page; what is refused is told on it."""

        async def submit(request: Request) -> Response:
            actor, id = self._desktop.authenticator.peek(request), id_of(request)
            if actor is None:
                return log_in(f"/tournaments/{id}")
            try:
                await change(id, actor, request_id(request))
            except BoardError as error:
                if error.status not in (400, 409):
                    raise
                return await self._show(request, error)
            return RedirectResponse(f"/tournaments/{id}", 303)

        return submit


def id_of(request: Request) -> str:
    id: UUID = request.path_params["tournament_id"]
    return str(id)


def complaint_of(error: BoardError) -> str:
    """Why a form was refused, in one line: the message, and what its details say besides."""
    details = [
        f"{name}: {what}" for name, what in (error.details or {}).items() if _says_more(what, error.message)
    ]
    return f"{error.message} {'; '.join(details)}".strip()


def _says_more(what: object, message: str) -> bool:
    return isinstance(what, str) and what not in message


def log_in(back: str) -> Response:
    return RedirectResponse(f"/login?{urlencode({'next': back})}", 303)


def facts(picture: Picture) -> dict[str, Any]:
    """What stands below the name of a tournament."""
    return {
        "tournament": picture.tournament,
        "system": wording.SYSTEMS[picture.tournament.system],
        "people": participant_count(picture),
        "starts": wording.moment(picture.tournament.starts_at),
    }


def stream_url(picture: Picture, limit: int, *, with_presence: bool = False) -> str:
    """The one stream of a page: standings and the round under way come in one frame."""
    scope = f"tournament:{picture.tournament.id}"
    channels = [f"{scope}:standings", *([f"presence:{scope}"] if with_presence else [])]
    query = urlencode({"channels": ",".join(channels), "format": "html", "limit": limit}, safe=":,")
    return f"/api/v1/stream?{query}"
