"""`/api/v1/tournaments…`: a tournament is announced and run."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.tournaments.api.reading import ONE, TOURNAMENTS
from sse_board.tournaments.ids import known_id
from sse_board.tournaments.payloads import names_of, round_payload
from sse_board.tournaments.rules import require_organiser, require_round
from sse_board.tournaments.running.creating import Tournaments
from sse_board.tournaments.running.forms import NewTournament, ResultForm, RoundForm, TournamentEdit
from sse_board.tournaments.running.results import Results
from sse_board.tournaments.running.rounds import Rounds
from sse_board.tournaments.showing.listing import summary
from sse_board.tournaments.showing.tables import Tables
from sse_board.tournaments.tournament import Pairing
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import decode, read_exact_json, read_json, require_json
from sse_board.web.headers import headers_of
from sse_board.web.identity import Authenticator, Identity, require_user

ROUND = ONE + "/rounds/{number:int}"
RESULT = "/games/{game_id:uuid}/result"


class OrganiserApi:
    """The role is looked at before the body: who may not do something is not told how it is done."""

    def __init__(
        self,
        authenticator: Authenticator,
        tables: Tables,
        tournaments: Tournaments,
        rounds: Rounds,
        results: Results,
    ) -> None:
        self._authenticator = authenticator
        self._tables = tables
        self._tournaments = tournaments
        self._rounds = rounds
        self._results = results

    def routes(self) -> list[Route]:
        return [
            Route(TOURNAMENTS, self.create, methods=["POST"]),
            Route(ONE, self.edit, methods=["PATCH"]),
            Route(f"{ONE}/start", self.start, methods=["POST"]),
            Route(f"{ONE}/complete", self.complete, methods=["POST"]),
            Route(f"{ONE}/rounds", self.pair, methods=["POST"]),
            Route(ROUND, self.cancel, methods=["DELETE"]),
            Route(f"{ROUND}/start", self.start_round, methods=["POST"]),
            Route(ONE + RESULT, self.enter, methods=["PUT"]),
            Route(f"/api/v1{RESULT}", self.enter, methods=["PUT"]),
        ]

    async def create(self, request: Request) -> Response:
        actor = self._organiser(request)
        new = await read_exact_json(request, NewTournament)
        return await self._shown(await self._tournaments.create(new, actor, request_id(request)), 201)

    async def edit(self, request: Request) -> Response:
        actor, id = self._organiser(request), _tournament(request)
        await self._tournaments.edit(
            id, await read_exact_json(request, TournamentEdit), actor, request_id(request)
        )
        return await self._shown(id)

    async def start(self, request: Request) -> Response:
        actor, id = self._organiser(request), _tournament(request)
        await self._tournaments.start(id, actor, request_id(request))
        return await self._shown(id)

    async def complete(self, request: Request) -> Response:
        actor, id = self._organiser(request), _tournament(request)
        await self._tournaments.complete(id, actor, request_id(request))
        return await self._shown(id)

    async def pair(self, request: Request) -> Response:
        """Without a body the system pairs, which may take seconds."""
        actor, id = self._organiser(request), _tournament(request)
        given = await _given(request)
        number = await self._rounds.pair(id, given, actor, request_id(request))
        return await self._shown_round(id, number, 201)

    async def cancel(self, request: Request) -> Response:
        actor, id, number = self._organiser(request), _tournament(request), request.path_params["number"]
        await self._rounds.cancel(id, number, actor, request_id(request))
        return ok({"number": number})

    async def start_round(self, request: Request) -> Response:
        actor, id, number = self._organiser(request), _tournament(request), request.path_params["number"]
        await self._rounds.start(id, number, actor, request_id(request))
        return await self._shown_round(id, number)

    async def enter(self, request: Request) -> Response:
        actor = self._organiser(request)
        game = known_id(request.path_params["game_id"], "There is no such game.")
        within = _tournament(request) if "tournament_id" in request.path_params else None
        form = await read_json(request, ResultForm)
        answer = await self._results.enter(game, form.result, actor, request_id(request), form.replaces, within)
        return ok(answer)

    def _organiser(self, request: Request) -> Identity:
        actor = require_user(self._authenticator, request)
        require_organiser(actor)
        return actor

    async def _shown(self, id: str, status: int = 200) -> Response:
        return ok(summary(await self._tables.picture(id)).payload(), status)

    async def _shown_round(self, id: str, number: int, status: int = 200) -> Response:
        picture = await self._tables.picture(id)
        return ok(round_payload(require_round(picture, number), names_of(picture)), status)


def _tournament(request: Request) -> str:
    return known_id(request.path_params["tournament_id"])


async def _given(request: Request) -> list[Pairing] | None:
    """The pairings that were sent, if any. Raises InvalidRequest, UnsupportedMediaType."""
    if not (body := await request.body()):
        return None
    require_json(headers_of(request.scope))
    pairings = decode(body, RoundForm).pairings
    return None if pairings is None else [Pairing(one.white, one.black, one.bye) for one in pairings]
