"""A raw body becomes a claim. What is wrong with it is kept for its turn in the order of checks."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from sse_board.errors import InvalidAction
from sse_board.scores.action import Claim
from sse_board.web.bodies import details_of

ACTION_ID_LIMIT = 100

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class ActionBody(msgspec.Struct, rename="camel"):
    action_id: Annotated[str, msgspec.Meta(min_length=1, max_length=ACTION_ID_LIMIT)]
    action_type: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]
    metadata: dict[str, Any] = {}
    user_id: str | None = None


def read_claim(body: bytes, user_id: str, signature: str, request_id: str) -> Claim:
    """Raises InvalidAction only where not even the action id can be told."""
    raw = _decoded(body)
    action_id = raw.get("actionId")
    try:
        fields = msgspec.convert(raw, ActionBody)
    except msgspec.ValidationError as error:
        problem = InvalidAction("The action has a wrong field.", details=details_of(error))
        if not isinstance(action_id, str) or not 0 < len(action_id) <= ACTION_ID_LIMIT:
            raise problem from None
        return Claim(user_id, action_id, "", _EPOCH, {}, signature, request_id, problem)
    return Claim(
        user_id,
        fields.action_id,
        fields.action_type,
        fields.timestamp,
        fields.metadata,
        signature,
        request_id,
        _problem(fields, user_id),
    )


def _decoded(body: bytes) -> dict[str, Any]:
    if b"\\u0000" in body:
        raise InvalidAction("The body holds a NUL character, which cannot be stored.")
    try:
        raw = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, ArithmeticError):
        raise InvalidAction("The body is not valid JSON.") from None
    if not isinstance(raw, dict):
        raise InvalidAction("The body must be a JSON object.")
    return raw


def _problem(fields: ActionBody, user_id: str) -> InvalidAction | None:
    if fields.user_id is not None and fields.user_id != user_id:
        return InvalidAction("`userId` is not the user of the token.", details={"userId": "must be your own"})
    return None
