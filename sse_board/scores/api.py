"""`POST /api/v1/scores/action`: token, signature, then the batch decides."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import DuplicateAction, InvalidSignature
from sse_board.scores.answers import Answers
from sse_board.scores.claims import read_claim
from sse_board.scores.committer import Committer
from sse_board.scores.counts import Counts
from sse_board.scores.finishes import Finishes
from sse_board.scores.plan import Duplicate
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import require_json
from sse_board.web.direct import Posted
from sse_board.web.headers import headers_of
from sse_board.web.identity import Authenticator, Identity, require_user

ACTION = "/api/v1/scores/action"

#: (who, key id or None, raw body, signature) → whether a live key of the user made the signature.
SignatureCheck = Callable[[Identity, str | None, bytes, str], Awaitable[bool]]


class ScoresApi:
    def __init__(
        self,
        committer: Committer,
        finishes: Finishes,
        authenticator: Authenticator,
        is_signed: SignatureCheck,
        answers: Answers,
        counts: Counts,
    ) -> None:
        self._committer = committer
        self._finishes = finishes
        self._authenticator = authenticator
        self._is_signed = is_signed
        self._answers = answers
        self.act = counts.counted(self._act)

    def routes(self) -> list[Route]:
        return [Route(ACTION, self.action, methods=["POST"])]

    async def action(self, request: Request) -> Response:
        """For browsers and whoever else does not come on the short way (`web.direct`)."""
        identity = require_user(self._authenticator, request)
        headers = headers_of(request.scope)
        return ok(await self.act(Posted(identity, headers, await request.body(), request_id(request))))

    async def _act(self, posted: Posted) -> dict[str, Any]:
        """The data of the 200. Raises BoardError, in the order of the checks."""
        require_json(posted.headers)
        signature = _text(posted, b"x-action-signature") or ""
        if not await self._is_signed(posted.identity, _text(posted, b"x-action-key-id"), posted.body, signature):
            raise InvalidSignature()
        claim = read_claim(posted.body, posted.identity.user_id, signature, posted.request_id)
        outcome = await self._committer.submit(await self._finishes.with_evidence(claim))
        if isinstance(outcome.decision, Duplicate):
            raise DuplicateAction(details={"result": self._answers.first(claim.key, outcome.decision)})
        return self._answers.accepted(outcome.decision, outcome)


def _text(posted: Posted, name: bytes) -> str | None:
    value = posted.headers.get(name)
    return None if value is None else value.decode("latin-1")
