"""Users as admins find them."""

from typing import Any

from sse_board.accounts.rules import USERNAME_LENGTH, name_key
from sse_board.clock import iso
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("accounts")


async def search(postgres: Postgres, name: str, limit: int) -> list[dict[str, Any]]:
    """Whose name begins so, in the order of names. Raises Unavailable."""
    key = name_key(name.strip()[: USERNAME_LENGTH[1]])
    rows = await postgres.all(_queries.search_users, key=key.replace("\0", ""), limit=limit)
    names = ("id", "username", "email", "role", "blocked")
    return [{**dict(zip(names, row[:5], strict=True)), "createdAt": iso(row[5])} for row in rows]
