"""Fields of plain forms, and of what pages are asked for. Every reader raises InvalidRequest."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from sse_board.admin.moderation_api import NOTE_LENGTH
from sse_board.admin.site.subject import Fields
from sse_board.errors import InvalidRequest
from sse_board.web.bodies import UUID, details_of

T = TypeVar("T")


def id_in(fields: Fields, name: str) -> str:
    value = fields.get(name, "").strip().lower()
    if not UUID.fullmatch(value):
        raise InvalidRequest("This is no id.", details={name: "must be an id"})
    return value


def text_in(fields: Fields, name: str) -> str:
    value = fields.get(name, "").strip()
    if len(value) > NOTE_LENGTH or "\0" in value:
        raise InvalidRequest(f"At most {NOTE_LENGTH} characters.", details={name: "is too long"})
    return value


def moment_in(fields: Fields, name: str) -> datetime:
    """As a `datetime-local` field sends it, or somebody types it; UTC, as forms say."""
    try:
        moment = datetime.fromisoformat(fields.get(name, "").strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        raise InvalidRequest("Times are such as 2026-01-10T10:30.", details={name: "is no time"}) from None


def converted(said: dict[str, Any], kind: type[T]) -> T:
    """What is said, as the API would take it; numbers are text still."""
    try:
        return msgspec.convert(said, kind, strict=False, builtin_types=(Decimal, datetime))
    except msgspec.ValidationError as error:
        raise InvalidRequest("The form has a wrong field.", details=details_of(error)) from None


def asked_id(query: Fields, name: str) -> str | None:
    """An id that a page is asked for; None where there is none, or where it is no id: pages are forgiving."""
    value = query.get(name, "").strip().lower()
    return value if UUID.fullmatch(value) else None


def asked_text(query: Fields, name: str, form: re.Pattern[str]) -> str | None:
    """The same of any text."""
    value = query.get(name, "").strip()
    return value if form.fullmatch(value) else None
