"""`/tournaments`, `/tournaments/{id}`: for everybody who watches, and for players who come and go."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
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
from sse_board.tournaments.api.answering import Answers
from sse_board.tournaments.ids import known_round
from sse_board.tournaments.pages.access import access
from sse_board.tournaments.pages.fragments import Fragments
from sse_board.tournaments.pages.own import marked
from sse_board.tournaments.pages.player_panel import PlayerPanel, player_panel
from sse_board.tournaments.rules import participant_count, require_round
from sse_board.tournaments.running.enrolment import Enrolment
from sse_board.tournaments.showing.panel import STANDINGS_ROWS, round_panel, standings_panel
from sse_board.tournaments.showing.sheet import Sheet
from sse_board.tournaments.showing.tables import Tables
from sse_board.tournaments.standings.explain import explain
from sse_board.tournaments.standings.row import Row
from sse_board.tournaments.tournament import Picture
from sse_board.web.answers import request_id
from sse_board.web.following import page_stream
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
    fragments: Fragments

    async def page(
        self,
        request: Request,
        name: str,
        status: int = 200,
        /,
        *,
        parts: Callable[[], Mapping[str, Any]] = dict,
        **context: Any,
    ) -> Response:
        """Painted in a thread, where `parts` are made, too: large tournaments take their time. Nobody else's where
        somebody is known: it shows what they may do."""
        viewer = await self.viewer(request)
        paint = partial(_paint, self.templates, name, status, parts, {**context, "viewer": viewer})
        page = await asyncio.to_thread(paint)
        if viewer is not None:
            page.headers["Cache-Control"] = "private, no-cache"
        return page


def _paint(
    templates: Templates,
    name: str,
    status: int,
    parts: Callable[[], Mapping[str, Any]],
    context: Mapping[str, Any],
) -> Response:
    return templates.page(name, status, **context, **parts())


class TournamentPages:
    def __init__(self, desktop: Desktop, enrolment: Enrolment) -> None:
        self._desktop = desktop
        self._tables = desktop.tables
        self._enrolment = enrolment

    def routes(self) -> list[BaseRoute]:
        return [
            Route(PAGE, self.tournament, methods=["GET"]),
            Route(f"{PAGE}/play", self.play, methods=["GET"]),
            Route(f"{PAGE}/rounds/{{number}}", self.round, methods=["GET"]),
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
        picture, fragments = sheet.picture, self._desktop.fragments
        reader = self._desktop.authenticator.peek(request)
        own = reader.user_id if reader else None
        return await self._desktop.page(
            request,
            "tournament.html",
            error.status if error else 200,
            **facts(picture),
            play=marked(await fragments.play(picture), own),
            standings=marked(await fragments.standings(sheet), own),
            part=access(reader, picture),
            complaint=error and complaint_of(error),
            stream_url=stream_url(picture, STANDINGS_ROWS, with_presence=True),
        )

    async def play(self, request: Request) -> Response:
        """The round under way by itself, for who polls. Raises NotFound, Unavailable."""
        picture = await self._tables.picture(id_of(request))
        return await self._desktop.fragments.answer_play(request, picture)

    async def round(self, request: Request) -> Response:
        """A round that was started, and how it stood then. Raises NotFound, Unavailable."""
        number = known_round(request.path_params["number"])
        sheet = await self._tables.sheet(id_of(request), number)
        picture = sheet.picture
        return await self._desktop.page(
            request,
            "tournament_round.html",
            tournament=picture.tournament,
            newest=picture.rounds[-1].number,
            parts=lambda: {
                "round": round_panel(picture, require_round(picture, number)),
                "standings": standings_panel(picture, sheet.table),
            },
        )

    async def crosstable(self, request: Request) -> Response:
        """Raises NotFound, Unavailable."""
        sheet = await self._tables.sheet(id_of(request))
        return await self._desktop.page(
            request,
            "tournament_crosstable.html",
            tournament=sheet.picture.tournament,
            crosstable=await self._desktop.fragments.crosstable(sheet),
        )

    async def player(self, request: Request) -> Response:
        """How the place of one player came about. Raises NotFound, Unavailable."""
        id = str(request.path_params["participant_id"])
        sheet = await self._tables.sheet(id_of(request))
        row = next((row for row in sheet.table.rows if row.participant.id == id), None)
        if row is None:
            raise NotFound("There is no such player in these standings.")
        return await self._desktop.page(
            request,
            "tournament_player.html",
            tournament=sheet.picture.tournament,
            parts=lambda: {"player": _explained(sheet, row)},
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


def _explained(sheet: Sheet, row: Row) -> PlayerPanel:
    explanation = explain(sheet.picture, row.participant.id, sheet.table.through or None)
    return player_panel(sheet.picture, sheet.table, row, explanation)


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
    return page_stream(channels, limit=limit)


def events_url(picture: Picture) -> str:
    """For pages that no frame is made for: events make them look again."""
    scope = f"tournament:{picture.tournament.id}"
    return page_stream([scope, f"{scope}:games"])
