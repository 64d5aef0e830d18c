"""Bodies and queries become typed values here, once, or the request is refused."""

import re
from typing import TypeVar

import msgspec
from starlette.requests import HTTPConnection, Request

from sse_board.errors import InvalidRequest, UnsupportedMediaType

T = TypeVar("T")

_FIELD = re.compile(r" - at `\$\.?(.*)`$")


async def read_json(request: Request, kind: type[T]) -> T:
    """The body as `kind`. Raises UnsupportedMediaType, or InvalidRequest naming the field."""
    require_json(request)
    return decode(await request.body(), kind)


def require_json(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType()


def decode(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidRequest("The body has a wrong field.", details=details_of(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise InvalidRequest("The body is not valid JSON.") from None


def details_of(error: msgspec.ValidationError) -> dict[str, str]:
    """{field: what it takes}, from the one field that msgspec names."""
    message = str(error)
    where = _FIELD.search(message)
    missing = re.search(r"missing required field `(\w+)`", message)
    if missing:
        return {missing[1]: "is required"}
    return {where[1] or "body" if where else "body": _FIELD.sub("", message)}


def query_integer(request: HTTPConnection, name: str, default: int, low: int, high: int) -> int:
    """`?name=` as a whole number from `low` to `high`. Raises InvalidRequest."""
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not re.fullmatch(r"\d{1,9}", raw, re.ASCII) or not low <= int(raw) <= high:
        raise InvalidRequest(
            f"`{name}` must be a whole number from {low} to {high}.", details={name: f"{low}…{high}"}
        )
    return int(raw)
