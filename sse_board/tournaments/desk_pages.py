"""`/tournaments/{id}/desk`: a tournament is run by plain forms that lead back to it."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sse_board.accounts.pages import read_form
from sse_board.errors import BoardError, Unauthorized
from sse_board.tournaments.clash import Clash, board_of, clash
from sse_board.tournaments.desk import desk
from sse_board.tournaments.desk_work import DeskWork
from sse_board.tournaments.forms import Title
from sse_board.tournaments.page_forms import Form, result_of
from sse_board.tournaments.pages import PAGE, Desktop, complaint_of, id_of, log_in
from sse_board.tournaments.rules import require_organiser
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
        return [
            Route(DESK, self.show, methods=["GET"]),
            Route(f"{DESK}/part", self.part, methods=["GET"]),
            *(Route(f"{DESK}/{name}", self._submitting(name), methods=["POST"]) for name in self._work.forms),
        ]

    async def show(self, request: Request) -> Response:
        """`?round=` looks at an older one, `?entered=` names the game that was just decided. Raises NotFound,
        Forbidden, InvalidRequest, Unavailable."""
        if self._organiser(request) is None:
            return log_in(f"/tournaments/{id_of(request)}/desk")
        picture = await self._desktop.tables.picture(id_of(request))
        entered = board_of(picture, request.query_params.get("entered", ""))
        return await self._page(request, picture, _round(request), entered=entered and entered[1])

    async def part(self, request: Request) -> Response:
        """What moves of it, for who polls; a script would follow the way to the login, and show that.

        Raises Unauthorized, Forbidden, NotFound, Unavailable.
        """
        if self._organiser(request) is None:
            raise Unauthorized()
        picture, number = await self._desktop.tables.picture(id_of(request)), _round(request)
        make = partial(self._part, picture, number)
        key = (picture.tournament.id, "desk", number)
        return await self._desktop.answers.answer(request, picture.version, "html", key, make)

    def _part(self, picture: Picture, number: int | None) -> bytes:
        return self._desktop.templates.render("fragments/desk.html", desk=desk(picture, number)).encode()

    def _organiser(self, request: Request) -> Identity | None:
        """None for nobody known. Raises Forbidden."""
        identity = self._desktop.authenticator.peek(request)
        if identity is not None:
            require_organiser(identity)
        return identity

    def _submitting(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def submit(request: Request) -> Response:
            actor, id = self._organiser(request), id_of(request)
            if actor is None:
                return log_in(f"/tournaments/{id}/desk")
            form = await read_form(request)
            try:
                back = await self._work.forms[name](id, form, actor, request_id(request))
            except BoardError as error:
                if error.status not in (400, 404, 409):
                    raise
                return await self._refused(request, form, error)
            return RedirectResponse(_back(id, form, back), 303)

        return submit

    async def _refused(self, request: Request, form: Form, error: BoardError) -> Response:
        """The desk as it is now, with what was written and why it was not taken. Raises NotFound."""
        picture = await self._desktop.tables.picture(id_of(request))
        question = clash(error, picture, result_of(form)) if "game" in form and error.status == 409 else None
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
        page = await self._desktop.page(
            request,
            "tournament_desk.html",
            error.status if error else 200,
            tournament=picture.tournament,
            desk=desk(picture, number),
            titles=get_args(Title),
            complaint=complaint_of(error) if error and not question else None,
            clash=question,
            values=values or {},
            entered=entered,
            stream_url=_stream_url(picture),
        )
        page.headers["Cache-Control"] = "private, no-store"
        return page


def _round(request: Request) -> int | None:
    return query_integer(request, "round", 1, 1, ROUNDS_LIMIT) if "round" in request.query_params else None


def _back(id: str, form: Form, entered: str | None) -> str:
    """To the desk; to the game whose result was entered, in its round."""
    if entered is None:
        return f"/tournaments/{id}/desk"
    query = urlencode({"entered": entered, **({"round": form["round"]} if form.get("round") else {})})
    return f"/tournaments/{id}/desk?{query}#game-{entered}"


def _stream_url(picture: Picture) -> str:
    """Its events make the desk look again."""
    scope = f"tournament:{picture.tournament.id}"
    query = urlencode({"channels": f"{scope},{scope}:games", "format": "html"}, safe=":,")
    return f"/api/v1/stream?{query}"
