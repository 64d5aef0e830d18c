"""`/api/v1/tournaments/{id}/…`: who takes part."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.tournaments.api.reading import ONE
from sse_board.tournaments.ids import known_id
from sse_board.tournaments.payloads import participant_payload
from sse_board.tournaments.rules import require_organiser, require_participant
from sse_board.tournaments.running.enrolment import Enrolment
from sse_board.tournaments.running.forms import NewParticipant, ParticipantEdit, WithdrawalForm
from sse_board.tournaments.showing.tables import Tables
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import decode, read_json, require_json
from sse_board.web.headers import headers_of
from sse_board.web.identity import Authenticator, Identity, require_user


class EnrolmentApi:
    def __init__(self, authenticator: Authenticator, tables: Tables, enrolment: Enrolment) -> None:
        self._authenticator = authenticator
        self._tables = tables
        self._enrolment = enrolment

    def routes(self) -> list[Route]:
        return [
            Route(f"{ONE}/participants", self.add, methods=["POST"]),
            Route(ONE + "/participants/{participant_id:uuid}", self.edit, methods=["PATCH"]),
            Route(f"{ONE}/register", self.register, methods=["POST"]),
            Route(f"{ONE}/withdraw", self.withdraw, methods=["POST"]),
        ]

    async def add(self, request: Request) -> Response:
        actor, id = self._organiser(request), known_id(request.path_params["tournament_id"])
        new = await read_json(request, NewParticipant)
        return await self._shown(id, await self._enrolment.add(id, new, actor, request_id(request)), 201)

    async def edit(self, request: Request) -> Response:
        actor, id = self._organiser(request), known_id(request.path_params["tournament_id"])
        one = known_id(request.path_params["participant_id"], "There is no such participant.")
        edit = await read_json(request, ParticipantEdit)
        await self._enrolment.edit(id, one, edit, actor, request_id(request))
        return await self._shown(id, one)

    async def register(self, request: Request) -> Response:
        actor = require_user(self._authenticator, request)
        id = known_id(request.path_params["tournament_id"])
        return await self._shown(id, await self._enrolment.register(id, actor, request_id(request)), 201)

    async def withdraw(self, request: Request) -> Response:
        """Without a body whoever asks withdraws themselves."""
        actor = require_user(self._authenticator, request)
        id = known_id(request.path_params["tournament_id"])
        whom = await _whom(request)
        if whom is None:
            return await self._shown(id, await self._enrolment.withdraw(id, actor, request_id(request)))
        edit = ParticipantEdit(withdrawn=True)
        await self._enrolment.edit(id, whom, edit, actor, request_id(request))
        return await self._shown(id, whom)

    def _organiser(self, request: Request) -> Identity:
        actor = require_user(self._authenticator, request)
        require_organiser(actor)
        return actor

    async def _shown(self, id: str, participant_id: str, status: int = 200) -> Response:
        picture = await self._tables.picture(id)
        return ok(participant_payload(require_participant(picture, participant_id)), status)


async def _whom(request: Request) -> str | None:
    """Raises InvalidRequest, UnsupportedMediaType."""
    if not (body := await request.body()):
        return None
    require_json(headers_of(request.scope))
    return decode(body, WithdrawalForm).participant_id
