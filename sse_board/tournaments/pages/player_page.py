"""`/tournaments/{id}/desk/players`: who takes part, for who runs the tournament."""

from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sse_board.errors import BoardError
from sse_board.tournaments.pages.desk_door import Do, desk_of, for_organisers, submitting
from sse_board.tournaments.pages.desk_page import DESK
from sse_board.tournaments.pages.desk_work import DeskWork, SubmitPlayer
from sse_board.tournaments.pages.posted import Form
from sse_board.tournaments.pages.tournament_page import Desktop, complaint_of, id_of
from sse_board.tournaments.rules import require_participant
from sse_board.tournaments.running.forms import Title
from sse_board.web.answers import request_id
from sse_board.web.identity import Identity

PLAYERS = f"{DESK}/players"
PLAYER = f"{PLAYERS}/{{participant_id:uuid}}"


class PlayerPages:
    def __init__(self, desktop: Desktop, work: DeskWork) -> None:
        self._desktop = desktop
        self._work = work

    def routes(self) -> list[BaseRoute]:
        desktop = self._desktop
        return [
            Route(PLAYERS, for_organisers(desktop, self.players), methods=["GET"]),
            Route(PLAYER, for_organisers(desktop, self.player), methods=["GET"]),
            Route(f"{DESK}/add", submitting(desktop, self._add, self._list), methods=["POST"]),
            *(
                Route(f"{PLAYER}{end}", submitting(desktop, _doing(submit), self._form), methods=["POST"])
                for end, submit in self._work.player_forms.items()
            ),
        ]

    async def players(self, request: Request) -> Response:
        """Raises NotFound, Unavailable."""
        return await self._list(request, {})

    async def player(self, request: Request) -> Response:
        """Raises NotFound, Unavailable."""
        return await self._form(request, {})

    async def _add(self, request: Request, form: Form, actor: Identity) -> str:
        await self._work.add(id_of(request), form, actor, request_id(request))
        return f"{desk_of(request)}/players"

    async def _list(self, request: Request, form: Form, error: BoardError | None = None) -> Response:
        picture = await self._desktop.tables.picture(id_of(request))
        return await self._desktop.page(
            request,
            "tournament_desk_players.html",
            error.status if error else 200,
            tournament=picture.tournament,
            participants=picture.participants,
            values=form,
            **_shared(error),
        )

    async def _form(self, request: Request, form: Form, error: BoardError | None = None) -> Response:
        picture = await self._desktop.tables.picture(id_of(request))
        return await self._desktop.page(
            request,
            "tournament_desk_player.html",
            error.status if error else 200,
            tournament=picture.tournament,
            one=require_participant(picture, _player(request)),
            **_shared(error),
        )


def _shared(error: BoardError | None) -> dict[str, Any]:
    return {"titles": get_args(Title), "complaint": error and complaint_of(error)}


def _doing(submit: SubmitPlayer) -> Do:
    async def do(request: Request, form: Form, actor: Identity) -> str:
        player = _player(request)
        await submit(id_of(request), player, form, actor, request_id(request))
        return f"{desk_of(request)}/players/{player}"

    return do


def _player(request: Request) -> str:
    return str(request.path_params["participant_id"])
