"""`/tournaments/{id}/desk`: a tournament is run by plain forms that lead back to it."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sse_board.errors import BoardError, NotFound, Unauthorized
from sse_board.tournaments import wording
from sse_board.tournaments.pages.clash import Clash, board_of, clash
from sse_board.tournaments.pages.desk import desk, rules_of
from sse_board.tournaments.pages.desk_door import (
    Do,
    desk_of,
    for_organisers,
    organiser_of,
    submitting,
)
from sse_board.tournaments.pages.desk_work import DeskWork, Submit
from sse_board.tournaments.pages.posted import Form, entry_of
from sse_board.tournaments.pages.tournament_page import PAGE, Desktop, complaint_of, events_url, id_of
from sse_board.tournaments.tournament import ROUNDS_LIMIT, Picture
from sse_board.web.answers import request_id
from sse_board.web.bodies import query_integer
from sse_board.web.identity import Identity

DESK = f"{PAGE}/desk"


class DeskPages:
    def __init__(self, desktop: Desktop, work: DeskWork) -> None:
        self._desktop = desktop
        self._work = work

    def routes(self) -> list[BaseRoute]:
        desktop = self._desktop
        return [
            Route(DESK, for_organisers(desktop, self.show), methods=["GET"]),
            Route(f"{DESK}/games/{{game_id:uuid}}", for_organisers(desktop, self.game), methods=["GET"]),
            Route(f"{DESK}/part", self.part, methods=["GET"]),
            *(
                Route(f"{DESK}/{name}", submitting(desktop, _doing(submit), self._refused), methods=["POST"])
                for name, submit in self._work.forms.items()
            ),
        ]

    async def show(self, request: Request) -> Response:
        """`?round=` looks at an older one, `?entered=` names the game that was just decided. Raises NotFound,
        InvalidRequest, Unavailable."""
        picture = await self._desktop.tables.picture(id_of(request))
        entered = board_of(picture, request.query_params.get("entered", ""))
        return await self._page(request, picture, _round(request), entered=entered and entered[1])

    async def game(self, request: Request) -> Response:
        """One game with all that it can come to. Raises NotFound, Unavailable."""
        picture = await self._desktop.tables.picture(id_of(request))
        found = board_of(picture, str(request.path_params["game_id"]))
        if found is None:
            raise NotFound("There is no such game.")
        return await self._desktop.page(
            request,
            "tournament_desk_game.html",
            tournament=picture.tournament,
            round=found[0],
            board=found[1],
            choices=[(result, sign, wording.RESULTS[result]) for result, sign in wording.SIGNS.items()],
        )

    async def part(self, request: Request) -> Response:
        """What moves of it, for who polls; a script would follow the way to the login, and show that.

        Raises Unauthorized, Forbidden, NotFound, Unavailable.
        """
        if organiser_of(self._desktop, request) is None:
            raise Unauthorized()
        picture, number = await self._desktop.tables.picture(id_of(request)), _round(request)
        make = partial(self._part, picture, number)
        key = (picture.tournament.id, "desk", number)
        return await self._desktop.answers.answer(request, picture.version, "html", key, make)

    def _part(self, picture: Picture, number: int | None) -> bytes:
        return self._desktop.templates.render("fragments/desk.html", desk=desk(picture, number)).encode()

    async def _refused(self, request: Request, form: Form, error: BoardError) -> Response:
        """Raises NotFound."""
        picture = await self._desktop.tables.picture(id_of(request))
        is_result = "result" in form and error.status == 409
        question = clash(error, picture, entry_of(form).result) if is_result else None
        number = question.round if question else None
        return await self._page(request, picture, number, error=error, question=question, values=form)

    async def _page(
        self,
        request: Request,
        picture: Picture,
        number: int | None,
        *,
        error: BoardError | None = None,
        question: Clash | None = None,
        values: Mapping[str, str] | None = None,
        entered: Any = None,
    ) -> Response:
        return await self._desktop.page(
            request,
            "tournament_desk.html",
            error.status if error else 200,
            tournament=picture.tournament,
            parts=lambda: {"desk": desk(picture, number)},
            rules=rules_of(picture.tournament),
            complaint=complaint_of(error) if error and not question else None,
            clash=question,
            values=values or {},
            entered=entered,
            stream_url=events_url(picture),
        )


def _doing(submit: Submit) -> Do:
    async def do(request: Request, form: Form, actor: Identity) -> str:
        return _back(request, form, await submit(id_of(request), form, actor, request_id(request)))

    return do


def _round(request: Request) -> int | None:
    return query_integer(request, "round", 1, 1, ROUNDS_LIMIT) if "round" in request.query_params else None


def _back(request: Request, form: Form, entered: str | None) -> str:
    """To the desk; to the game whose result was entered, in its round."""
    if entered is None:
        return desk_of(request)
    query = urlencode({"entered": entered, **({"round": form["round"]} if form.get("round") else {})})
    return f"{desk_of(request)}?{query}#game-{entered}"
