"""A raw body becomes a claim. What is wrong with it is kept for its turn in the order of checks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from sse_board.errors import InvalidAction
from sse_board.scores.action import Claim
from sse_board.web.bodies import details_of

ACTION_ID_LIMIT = 100
#: A number in the metadata has at most so many digits, before and behind the point: what a double can show.
NUMBER_DIGITS = 400

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_EPOCH = datetime.fromtimestamp(0, UTC)


class ActionBody(msgspec.Struct, rename="camel"):
    action_id: Annotated[str, msgspec.Meta(min_length=1, max_length=ACTION_ID_LIMIT)]
    action_type: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]
    metadata: dict[str, Any] = {}
    user_id: str | None = None


def read_claim(body: bytes, user_id: str, signature: str, request_id: str) -> Claim:
    """Never raises: a body without an action id is a claim too, of no action."""
    raw: Any = None
    try:
        raw = _decoded(body)
        fields = msgspec.convert(raw, ActionBody)
        problem = _problem(fields, user_id)
    except InvalidAction as error:
        problem = error
    except msgspec.ValidationError as error:
        problem = InvalidAction("The action has a wrong field.", details=details_of(error))
    if problem is not None:
        return Claim(user_id, _action_id(raw), "", _EPOCH, {}, signature, request_id, problem)
    return Claim(
        user_id,
        fields.action_id,
        fields.action_type,
        fields.timestamp,
        fields.metadata,
        signature,
        request_id,
    )


def _decoded(body: bytes) -> Any:
    try:
        raw = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, ArithmeticError):
        raise InvalidAction("The body is not valid JSON.") from None
    if not isinstance(raw, dict):
        raise InvalidAction("The body must be a JSON object.")
    return raw


def _action_id(raw: Any) -> str:
    """Empty, which no accepted action has, where the body does not tell."""
    found = raw.get("actionId") if isinstance(raw, dict) else None
    good = isinstance(found, str) and 0 < len(found) <= ACTION_ID_LIMIT and "\0" not in found
    return str(found) if good else ""


def _problem(fields: ActionBody, user_id: str) -> InvalidAction | None:
    if fields.user_id is not None and fields.user_id != user_id:
        return InvalidAction("`userId` is not the user of the token.", details={"userId": "must be your own"})
    if "\0" in fields.action_id:
        return InvalidAction("The action has a wrong field.", details={"actionId": "holds a NUL character"})
    if not all(map(_is_storable, _leaves(fields.metadata))):
        message = "holds a NUL character or a number with too many digits"
        return InvalidAction("The action's metadata cannot be stored.", details={"metadata": message})
    return None


def _leaves(value: Any) -> Iterator[Any]:
    """Every key and value, however deep; the decoder has bounded the depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _is_storable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        return isinstance(exponent, int) and len(digits) <= NUMBER_DIGITS and abs(exponent) <= NUMBER_DIGITS
    return True
