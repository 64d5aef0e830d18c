"""Ends logins and refuses tokens, inside the caller's transaction; apply what comes back after its commit."""

from typing import Any

from sse_board.accounts.revocations import Revocation
from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries


async def end_login(connection: Connection, login_id: str, reason: str) -> list[Revocation]:
    return await _run(connection, Queries("accounts").end_login, login_id=login_id, reason=reason)


async def end_logins(
    connection: Connection, user_id: str, reason: str, *, kept: str | None = None
) -> list[Revocation]:
    """End the user's logins but the one that is `kept`."""
    query = Queries("accounts").end_logins
    return await _run(connection, query, user_id=user_id, reason=reason, kept=kept)


async def raise_generation(connection: Connection, user_id: str) -> list[Revocation]:
    """Refuse every token the user has; those of standing logins can be renewed."""
    return await _run(connection, Queries("accounts").raise_generation, user_id=user_id)


async def announce(connection: Connection, user_id: str) -> list[Revocation]:
    """Let every process read the user anew; nothing is refused."""
    return await _run(connection, Queries("accounts").announce_user, user_id=user_id)


async def _run(connection: Connection, query: bytes, **parameters: Any) -> list[Revocation]:
    rows = await (await connection.execute(query, parameters)).fetchall()
    return [Revocation(*row) for row in rows]
