"""A raw body becomes a claim. What is wrong with it is kept for its turn in the order of checks."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from sse_board.errors import InvalidAction
from sse_board.scores.action import Claim
from sse_board.web.bodies import NO_JSON, DoubledKey, details_of, exact, refuse_doubled_keys

ACTION_ID_LIMIT = 100
#: A number in the metadata has at most so many digits, before and behind the point: what a double can show.
NUMBER_DIGITS = 400
#: Lists and objects inside each other: more than honest metadata has, and far from any stack's end.
METADATA_DEPTH = 32

_EPOCH = datetime.fromtimestamp(0, UTC)


class ActionBody(msgspec.Struct, rename="camel"):
    action_id: Annotated[str, msgspec.Meta(min_length=1, max_length=ACTION_ID_LIMIT)]
    action_type: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]
    metadata: dict[str, Any] = {}
    user_id: str | None = None


def read_claim(body: bytes, user_id: str, signature: str, request_id: str) -> Claim:
    """Never raises: a body without an action id is a claim too, of no action."""
    raw: dict[str, Any] = {}
    try:
        raw = _object(body)
        refuse_doubled_keys(body)
        fields = msgspec.convert(raw, ActionBody)
        problem = _problem(fields, user_id)
    except InvalidAction as error:
        problem = error
    except DoubledKey as error:
        problem = InvalidAction(str(error), details={error.key: "is given twice"})
        raw = {} if error.key == "actionId" else raw
    except msgspec.ValidationError as error:
        problem = InvalidAction("The action has a wrong field.", details=details_of(error))
    except NO_JSON:
        problem = InvalidAction("The body is not valid JSON.")
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


def _object(body: bytes) -> dict[str, Any]:
    raw = exact(body)
    if not isinstance(raw, dict):
        raise InvalidAction("The body must be a JSON object.")
    return raw


def _action_id(raw: dict[str, Any]) -> str:
    """Empty, which no accepted action has, where the body does not tell."""
    found = raw.get("actionId")
    good = isinstance(found, str) and 0 < len(found) <= ACTION_ID_LIMIT and "\0" not in found
    return str(found) if good else ""


def _problem(fields: ActionBody, user_id: str) -> InvalidAction | None:
    if fields.user_id is not None and fields.user_id != user_id:
        return InvalidAction("`userId` is not the user of the token.", details={"userId": "must be your own"})
    if "\0" in fields.action_id:
        return InvalidAction("The action has a wrong field.", details={"actionId": "holds a NUL character"})
    if not _is_storable(fields.metadata):
        message = f"holds a NUL character, a number with too many digits, or more than {METADATA_DEPTH} levels"
        return InvalidAction("The action's metadata cannot be stored.", details={"metadata": message})
    return None


def _is_storable(value: Any, depth: int = 0) -> bool:
    """Whether PostgreSQL takes the value, with all keys and values inside."""
    if isinstance(value, dict | list):
        inside = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        return depth < METADATA_DEPTH and all(_is_storable(piece, depth + 1) for piece in inside)
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        return isinstance(exponent, int) and len(digits) <= NUMBER_DIGITS and abs(exponent) <= NUMBER_DIGITS
    return True
