"""The audit log: written in the transaction of the change, so neither is ever without the other."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries
from sse_board.web.answers import encode
from sse_board.web.identity import Identity

_queries = Queries("admin")


async def record(
    connection: Connection,
    actor: Identity,
    action: str,
    entity: tuple[str, str],
    details: Mapping[str, Any],
    request_id: str,
) -> None:
    """`entity` is (type, id), `details` what was sent."""
    await connection.execute(
        _queries.audit,
        {
            "actor": actor.user_id,
            "action": action,
            "entity_type": entity[0],
            "entity_id": entity[1],
            "details": Jsonb(details, dumps=encode),
            "request_id": request_id,
        },
    )
