"""Bodies and queries become typed values here, once, or the request is refused."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from starlette.requests import HTTPConnection, Request

from sse_board.errors import InvalidRequest, UnsupportedMediaType
from sse_board.web.headers import headers_of

T = TypeVar("T")

#: What is shown of a name that came from outside, at the most: characters.
SHOWN_LENGTH = 100
#: What goes wrong with bytes that are no JSON, too deep, or hold a number that no decimal can.
NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, ArithmeticError)

_WHERE = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)


class DoubledKey(ValueError):
    """One object of the body has this key twice: nobody could say which value counts."""

    def __init__(self, key: str) -> None:
        self.key = shown(key)
        super().__init__(f"The key `{self.key}` stands twice in one object; send it once.")


async def read_json(request: Request, kind: type[T]) -> T:
    """The body as `kind`. Raises UnsupportedMediaType, or InvalidRequest naming the field."""
    require_json(headers_of(request.scope))
    return decode(await request.body(), kind)


async def read_exact_json(request: Request, kind: type[T]) -> T:
    """The same for numbers that stay as they were written (`int | Decimal`); a string is no number."""
    require_json(headers_of(request.scope))
    return decode_exact(await request.body(), kind)


def require_json(headers: Mapping[bytes, bytes]) -> None:
    """Raises UnsupportedMediaType for what the headers of a request say that it carries."""
    media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media_type != b"application/json":
        raise UnsupportedMediaType()
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise UnsupportedMediaType("Send the body as it is, without Content-Encoding.")


def decode(body: bytes, kind: type[T]) -> T:
    return _checked(body, lambda body: msgspec.json.decode(body, type=kind))


def decode_exact(body: bytes, kind: type[T]) -> T:
    return _checked(body, lambda body: msgspec.convert(_exact_or_whole(body), kind, builtin_types=(Decimal,)))


def _checked(body: bytes, read: Callable[[bytes], T]) -> T:
    try:
        value = read(body)
        refuse_doubled_keys(body)
    except msgspec.ValidationError as error:
        raise InvalidRequest("The body has a wrong field.", details=details_of(error)) from None
    except DoubledKey as error:
        raise InvalidRequest(str(error), details={error.key: "is given twice"}) from None
    except NO_JSON:
        raise InvalidRequest("The body is not valid JSON.") from None
    return value


#: Plain values with numbers as they were written.
exact = msgspec.json.Decoder(float_hook=Decimal).decode

_NOUGHTS = re.compile(r"(-?\d+)\.0+", re.ASCII)


def _number(text: str) -> int | Decimal:
    """To JSON Schema 537.0 is an integer, too."""
    whole = _NOUGHTS.fullmatch(text)
    return int(whole[1]) if whole else Decimal(text)


_exact_or_whole = msgspec.json.Decoder(float_hook=_number).decode


def refuse_doubled_keys(body: bytes) -> None:
    """Raises DoubledKey. `body` has been decoded before; what msgspec skipped unread may still raise a ValueError.

    msgspec takes the last of equal keys without a word. This second look costs some microseconds.
    """
    _strict.decode(body.decode())


def _unique(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise DoubledKey(Counter(names).most_common(1)[0][0])


#: Numbers stay text: their value does not matter here, and an integer of many digits takes its time.
_strict = json.JSONDecoder(object_pairs_hook=_unique, parse_int=str, parse_float=str)


def set_fields(edit: msgspec.Struct) -> dict[str, Any]:
    """Those fields of a partial body that were sent; the others are `msgspec.UNSET`."""
    return {name: value for name, value in msgspec.structs.asdict(edit).items() if value is not msgspec.UNSET}


def shown(name: str) -> str:
    """A name from outside, fit for an answer: not too long, and without halves of characters."""
    return name[:SHOWN_LENGTH].encode("utf-8", "replace").decode()


def details_of(error: msgspec.ValidationError) -> dict[str, str]:
    """{field: what it takes}, from the one field that msgspec names; fields inside others as `points.min`."""
    message = str(error)
    where = _WHERE.search(message)
    inside = where[1] if where else ""
    message = _WHERE.sub("", message)
    for pattern, what in ((_MISSING, "is required"), (_UNKNOWN, "is not known here")):
        if found := pattern.fullmatch(message):
            return {shown(f"{inside}.{found[1]}" if inside else found[1]): what}
    return {shown(inside) or "body": message}


def query_integer(request: HTTPConnection, name: str, default: int, low: int, high: int) -> int:
    """`?name=` as a whole number from `low` to `high`. Raises InvalidRequest."""
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not re.fullmatch(r"\d{1,15}", raw, re.ASCII) or not low <= int(raw) <= high:
        raise InvalidRequest(
            f"`{name}` must be a whole number from {low} to {high}.", details={name: f"{low}…{high}"}
        )
    return int(raw)


#: What ids look like, as we write them.
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


def query_matching(request: HTTPConnection, name: str, form: re.Pattern[str], what: str) -> str | None:
    """`?name=` in this form, None where it is not given. Raises InvalidRequest saying `what` it must be."""
    value = request.query_params.get(name)
    if value is not None and not form.fullmatch(value):
        raise InvalidRequest(f"`{name}` must be {what}.", details={name: what})
    return value


#: A moment with its zone (RFC 3339).
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def query_time(request: HTTPConnection, name: str) -> datetime | None:
    """`?name=` as a moment, None where it is not given. Raises InvalidRequest."""
    what = "a time such as 2026-01-10T10:30:00Z"
    value = query_matching(request, name, _TIME, what)
    try:
        return None if value is None else datetime.fromisoformat(value.upper())
    except ValueError:
        raise InvalidRequest(f"`{name}` must be {what}.", details={name: what}) from None
