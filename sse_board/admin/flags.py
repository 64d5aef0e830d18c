"""Flags as admins see and resolve them."""

from dataclasses import dataclass
from typing import Any, Literal

from sse_board.admin.audit import record
from sse_board.clock import iso
from sse_board.errors import Conflict, InvalidRequest, NotFound
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Identity

_queries = Queries("flags")

Resolution = Literal["dismissed", "confirmed"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which flags; None for any. `before`: those that are older than this one."""

    open: bool | None
    kind: str | None
    user_id: str | None
    before: str | None
    limit: int


class FlagReview:
    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def page(self, wanted: Wanted) -> list[dict[str, Any]]:
        """The newest first. Raises InvalidRequest for a `before` that is no flag."""
        if wanted.before and await self._postgres.one(_queries.find, id=wanted.before) is None:
            raise InvalidRequest("`before` must be the id of a flag.", details={"before": "is no flag's id"})
        rows = await self._postgres.all(
            _queries.page,
            open=wanted.open,
            kind=wanted.kind,
            user=wanted.user_id,
            before=wanted.before,
            limit=wanted.limit,
        )
        return [_payload(row) for row in rows]

    async def resolve(
        self, flag_id: str, resolution: Resolution, note: str | None, actor: Identity, request_id: str
    ) -> dict[str, Any]:
        """The flag as it is now. Raises NotFound, or Conflict for one that is resolved already."""
        answer = {"id": flag_id, "by": actor.user_id, "resolution": resolution, "note": note}
        async with self._postgres.transaction() as connection:
            resolved = (await connection.execute(_queries.resolve, answer)).rowcount
            row = await (await connection.execute(_queries.find, {"id": flag_id})).fetchone()
            if row is None:
                raise NotFound("There is no such flag.")
            if not resolved:
                raise Conflict("This flag is resolved already.", details={"resolution": row[8]})
            details = {"resolution": resolution, "note": note}
            await record(connection, actor, "flag.resolved", ("flag", flag_id), details, request_id)
        return _payload(row)


def _payload(row: tuple[Any, ...]) -> dict[str, Any]:
    id, kind, user_id, username, action_id, summary, details, created_at, *resolved = row
    resolution, resolved_at, resolved_by, note = resolved
    return {
        "id": id,
        "kind": kind,
        "userId": user_id,
        "username": username,
        "actionId": action_id,
        "summary": summary,
        "details": details,
        "createdAt": iso(created_at),
        "resolution": resolution,
        "resolvedAt": iso(resolved_at) if resolved_at else None,
        "resolvedBy": resolved_by,
        "note": note,
    }
