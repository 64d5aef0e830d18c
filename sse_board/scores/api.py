"""`POST /api/v1/scores/action`: token, signature, then the batch decides."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import DuplicateAction, InvalidSignature
from sse_board.scores.answers import Answers
from sse_board.scores.claims import read_claim
from sse_board.scores.committer import Committer
from sse_board.scores.plan import Duplicate
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import require_json
from sse_board.web.identity import Authenticator, require_user

#: (user, key id or None, raw body, signature) → whether a live key of the user made the signature.
SignatureCheck = Callable[[str, str | None, bytes, str], Awaitable[bool]]


class ScoresApi:
    def __init__(
        self,
        committer: Committer,
        authenticator: Authenticator,
        is_signed: SignatureCheck,
        answers: Answers,
    ) -> None:
        self._committer = committer
        self._authenticator = authenticator
        self._is_signed = is_signed
        self._answers = answers

    def routes(self) -> list[Route]:
        return [Route("/api/v1/scores/action", self.action, methods=["POST"])]

    async def action(self, request: Request) -> Response:
        identity = require_user(self._authenticator, request)
        require_json(request)
        body = await request.body()
        signature = request.headers.get("x-action-signature", "")
        key_id = request.headers.get("x-action-key-id")
        if not await self._is_signed(identity.user_id, key_id, body, signature):
            raise InvalidSignature()
        claim = read_claim(body, identity.user_id, signature, request_id(request))
        outcome = await self._committer.submit(claim)
        if isinstance(outcome.decision, Duplicate):
            first = self._answers.first(claim.key, outcome.decision)
            raise DuplicateAction(details={"result": first})
        return ok(self._answers.accepted(outcome.decision, outcome))
