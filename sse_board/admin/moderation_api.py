"""`/api/v1/admin/flags` and `/api/v1/admin/actions/{id}/void`: what looks wrong, and taking it back."""

import re
import uuid
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.admin.flags import FlagReview, Resolution, Wanted
from sse_board.admin.voiding import Order, Voided, Voiding
from sse_board.clock import iso
from sse_board.errors import InvalidRequest, NotFound
from sse_board.scores.claims import ACTION_ID_LIMIT
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import UUID, query_integer, query_matching, read_json
from sse_board.web.identity import Authenticator, require_admin

#: Flags in one answer.
PAGE_ROWS = 100
#: What a person writes about a flag or a void: characters.
NOTE_LENGTH = 1_000

#: Whether flags are open, for each `status` that may be asked for; None for either.
STATUSES = {"open": True, "resolved": False, "all": None}

#: PostgreSQL's text holds everything but NUL.
_TEXT = r"^[^\x00]*\Z"
_KIND = re.compile(r"[a-z_]{1,50}")
#: As the wire writes ids; Python's own reader takes more.

Note = Annotated[str, msgspec.Meta(min_length=1, max_length=NOTE_LENGTH, pattern=_TEXT)]


class ResolveBody(msgspec.Struct, forbid_unknown_fields=True):
    resolution: Resolution
    note: Note | None = None


class VoidBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    user_id: uuid.UUID
    reason: Note


class ModerationApi:
    def __init__(self, authenticator: Authenticator, flags: FlagReview, voiding: Voiding) -> None:
        self._authenticator = authenticator
        self._flags = flags
        self._voiding = voiding

    def routes(self) -> list[Route]:
        """Players choose the ids of their actions: a slash may be among their characters."""
        return [
            Route("/api/v1/admin/flags", self.flags, methods=["GET"]),
            Route("/api/v1/admin/flags/{flag_id:uuid}/resolve", self.resolve, methods=["POST"]),
            Route("/api/v1/admin/actions/{action_id:path}/void", self.void, methods=["POST"]),
        ]

    async def flags(self, request: Request) -> Response:
        require_admin(self._authenticator, request)
        return ok({"flags": await self._flags.page(_wanted(request))})

    async def resolve(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        body = await read_json(request, ResolveBody)
        flag_id = str(request.path_params["flag_id"])
        return ok(await self._flags.resolve(flag_id, body.resolution, body.note, actor, request_id(request)))

    async def void(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        body = await read_json(request, VoidBody)
        order = Order(str(body.user_id), _action_id(request), body.reason)
        return ok(_payload(order, await self._voiding.void(order, actor, request_id(request))))


def _action_id(request: Request) -> str:
    """Raises NotFound for what no action can be called: such text goes no further."""
    found: str = request.path_params["action_id"]
    if not 0 < len(found) <= ACTION_ID_LIMIT or "\0" in found:
        raise NotFound("There is no such action of this user.")
    return found


def _payload(order: Order, voided: Voided) -> dict[str, object]:
    return {
        "userId": order.user_id,
        "actionId": order.action_id,
        "reason": order.reason,
        "voidedAt": iso(voided.at),
        "boards": [change.payload() for change in voided.changes],
    }


def _wanted(request: Request) -> Wanted:
    """Raises InvalidRequest."""
    query = request.query_params
    status = query.get("status", "open")
    if status not in STATUSES:
        raise InvalidRequest(
            "`status` must be `open`, `resolved` or `all`.", details={"status": "open, resolved or all"}
        )
    return Wanted(
        STATUSES[status],
        query_matching(request, "kind", _KIND, "a kind of flags"),
        query_matching(request, "user", UUID, "a user id"),
        query_matching(request, "before", UUID, "the id of a flag"),
        query_integer(request, "limit", PAGE_ROWS, 1, PAGE_ROWS),
    )
