"""The audit log as admins read it."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request

from sse_board.clock import iso
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.bodies import UUID, query_integer, query_matching, query_time

_queries = Queries("admin")

#: Rows of one page.
PAGE_ROWS = 100
#: Behind every row that there will be, and still exact in JSON.
LAST_ROW = 999_999_999
#: Of changes, and of things.
KIND = re.compile(r"[a-z_.]{1,50}")
_ENTITY = re.compile(r"[^\x00]{1,200}")


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
    return Wanted(
        query_matching(request, "actor", UUID, "a user id"),
        query_matching(request, "action", KIND, "a kind of changes, such as `user.block`"),
        query_matching(request, "entityType", KIND, "a kind of things, such as `user`"),
        query_matching(request, "entityId", _ENTITY, "the id of a thing"),
        query_time(request, "since"),
        query_time(request, "until"),
        query_integer(request, "before", LAST_ROW, 1, LAST_ROW),
        query_integer(request, "limit", PAGE_ROWS, 1, PAGE_ROWS),
    )


async def page(postgres: Postgres, wanted: Wanted) -> list[dict[str, Any]]:
    """The newest first. Raises Unavailable."""
    return [_payload(row) for row in await postgres.all(_queries.audit_log, **asdict(wanted))]


def _payload(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("id", "actor", "action", "entityType", "entityId", "details", "requestId")
    return {**dict(zip(names, row[:7], strict=True)), "createdAt": iso(row[7])}
