"""The audit log as admins read it."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request

from sse_board.clock import iso
from sse_board.errors import InvalidRequest
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.bodies import query_integer

_queries = Queries("admin")

#: Rows of one page.
PAGE_ROWS = 100
#: Behind every row that there will be, and still exact in JSON.
LAST_ROW = 999_999_999
#: What may be asked for, and how that is told to who asked for something else.
FORMS = {
    "actor": (re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "a user id"),
    "action": (re.compile(r"[a-z_.]{1,50}"), "a kind of changes, such as `user.block`"),
    "entityType": (re.compile(r"[a-z_.]{1,50}"), "a kind of things, such as `user`"),
    "entityId": (re.compile(r"[^\x00]{1,200}"), "the id of a thing"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes; None for any."""

    actor: str | None
    action: str | None
    entity_type: str | None
    entity_id: str | None
    since: datetime | None
    until: datetime | None
    before: int
    limit: int


def wanted(request: Request) -> Wanted:
    """Raises InvalidRequest."""
    actor, action, entity_type, entity_id = (_matching(request, name) for name in FORMS)
    return Wanted(
        actor,
        action,
        entity_type,
        entity_id,
        _time(request, "since"),
        _time(request, "until"),
        query_integer(request, "before", LAST_ROW, 1, LAST_ROW),
        query_integer(request, "limit", PAGE_ROWS, 1, PAGE_ROWS),
    )


def newest(limit: int) -> Wanted:
    """Any of them."""
    return Wanted(None, None, None, None, None, None, LAST_ROW, limit)


async def page(postgres: Postgres, wanted: Wanted) -> list[dict[str, Any]]:
    """The newest first. Raises Unavailable."""
    return [_payload(row) for row in await postgres.all(_queries.audit_log, **asdict(wanted))]


def _payload(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("id", "actor", "action", "entityType", "entityId", "details", "requestId")
    return {**dict(zip(names, row[:7], strict=True)), "createdAt": iso(row[7])}


def _matching(request: Request, name: str) -> str | None:
    form, what = FORMS[name]
    value = request.query_params.get(name)
    if value is not None and not form.fullmatch(value):
        raise InvalidRequest(f"`{name}` must be {what}.", details={name: what})
    return value


def _time(request: Request, name: str) -> datetime | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidRequest(f"`{name}` must be a time with its zone.", details={name: "2026-01-10T10:30:00Z"})
    return moment
