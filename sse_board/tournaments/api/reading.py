"""`GET /api/v1/tournaments…`: which there are, and what belongs to one."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import InvalidRequest, NotFound
from sse_board.tournaments.api.answering import Answers
from sse_board.tournaments.ids import known_id
from sse_board.tournaments.payloads import names_of, participant_payload, round_payload
from sse_board.tournaments.showing.listing import LISTED_LIMIT, Listed, summary
from sse_board.tournaments.showing.tables import Tables
from sse_board.tournaments.tournament import Picture, TournamentStatus
from sse_board.web.answers import encode, ok
from sse_board.web.bodies import query_integer

TOURNAMENTS = "/api/v1/tournaments"
ONE = TOURNAMENTS + "/{tournament_id:uuid}"
#: A list may start this far down.
OFFSET_LIMIT = 100_000_000


class ReadingApi:
    def __init__(self, tables: Tables, answers: Answers) -> None:
        self._tables = tables
        self._answers = answers

    def routes(self) -> list[Route]:
        return [
            Route(TOURNAMENTS, self.tournaments, methods=["GET"]),
            Route(f"{TOURNAMENTS}/overview", self.overview, methods=["GET"]),
            Route(ONE, self.tournament, methods=["GET"]),
            Route(f"{ONE}/participants", self.participants, methods=["GET"]),
            Route(f"{ONE}/rounds", self.rounds, methods=["GET"]),
            Route(ONE + "/rounds/{number:int}", self.round, methods=["GET"]),
        ]

    async def tournaments(self, request: Request) -> Response:
        """The newest first. Raises InvalidRequest."""
        status = _status(request)
        limit = query_integer(request, "limit", 20, 1, LISTED_LIMIT)
        page = await self._tables.listed(status, limit, query_integer(request, "offset", 0, 0, OFFSET_LIMIT))
        return ok({"tournaments": [one.payload() for one in page.tournaments], "total": page.total})

    async def overview(self, request: Request) -> Response:
        found = await self._tables.overview()
        return ok(
            {
                "total": found.total,
                "upcoming": found.upcoming,
                "active": found.active,
                "completed": found.completed,
                "activeTournaments": [_live(one) for one in found.active_tournaments],
            }
        )

    async def tournament(self, request: Request) -> Response:
        return await self._show(request, "tournament", lambda picture: summary(picture).payload())

    async def participants(self, request: Request) -> Response:
        return await self._show(request, "participants", _participants)

    async def rounds(self, request: Request) -> Response:
        return await self._show(request, "rounds", _rounds)

    async def round(self, request: Request) -> Response:
        """Raises NotFound for one that was not begun to be paired."""
        number = request.path_params["number"]
        return await self._show(request, f"round {number}", partial(_round, number=number))

    async def _show(self, request: Request, what: str, show: Callable[[Picture], Mapping[str, Any]]) -> Response:
        """What is shown of the picture. Raises NotFound, Unavailable."""
        id = known_id(request.path_params["tournament_id"])
        picture = await self._tables.picture(id)
        return await self._answers.answer(
            request,
            picture.version,
            "json",
            (id, what),
            lambda: encode({"success": True, "data": show(picture)}),
        )


def _status(request: Request) -> TournamentStatus | None:
    asked = request.query_params.get("status")
    known: tuple[TournamentStatus, ...] = get_args(TournamentStatus)
    if asked is None:
        return None
    for status in known:
        if status == asked:
            return status
    what = f"one of {', '.join(known)}"
    raise InvalidRequest(f"`status` must be {what}.", details={"status": what})


def _live(listed: Listed) -> dict[str, Any]:
    return {**listed.payload(), "gamesUnderWay": listed.playing}


def _participants(picture: Picture) -> dict[str, Any]:
    return {
        "participants": [participant_payload(one) for one in picture.participants],
        "version": str(picture.version),
    }


def _rounds(picture: Picture) -> dict[str, Any]:
    names = names_of(picture)
    return {
        "rounds": [round_payload(round, names) for round in picture.rounds],
        "version": str(picture.version),
    }


def _round(picture: Picture, number: int) -> dict[str, Any]:
    round = picture.round(number)
    if round is None:
        raise NotFound("There is no such round.")
    return {**round_payload(round, names_of(picture)), "version": str(picture.version)}
