"""Users as admins find them."""

from collections.abc import Collection, Mapping
from typing import Any

from sse_board.accounts.rules import USERNAME_LENGTH, name_key
from sse_board.clock import iso
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("accounts")


async def search(postgres: Postgres, name: str, limit: int) -> list[dict[str, Any]]:
    """Whose name begins so, in the order of names. Raises Unavailable."""
    rows = await postgres.all(_queries.search_users, key=_key(name), limit=limit)
    names = ("id", "username", "email", "role", "blocked")
    return [{**dict(zip(names, row[:5], strict=True)), "createdAt": iso(row[5])} for row in rows]


async def named(postgres: Postgres, name: str) -> str | None:
    """The id of the user who is called so. Raises Unavailable."""
    row = await postgres.one(_queries.find_by_name, username_key=_key(name))
    return str(row[0]) if row else None


async def names_of(postgres: Postgres, users: Collection[str]) -> Mapping[str, str]:
    """What these users are called, by their ids. Raises Unavailable."""
    return dict(await postgres.all(_queries.names, users=list(users))) if users else {}


def _key(name: str) -> str:
    return name_key(name.strip()[: USERNAME_LENGTH[1]]).replace("\0", "")
