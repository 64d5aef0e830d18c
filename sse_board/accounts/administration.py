"""What admins do to users: roles, blocks, new passwords. Each with its line in the audit log."""

from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from sse_board.accounts.endings import end_logins, raise_generation
from sse_board.accounts.profile import profile_of
from sse_board.accounts.revocations import Revocation, Revocations
from sse_board.errors import Conflict, NotFound
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, in which request; no user id for the shell, which has the machine's own rights."""

    user_id: str | None
    request_id: str


class Administration:
    """Changes other people's accounts; tokens that say otherwise are refused within a second."""

    def __init__(self, postgres: Postgres, revocations: Revocations) -> None:
        self._postgres = postgres
        self._revocations = revocations
        self._queries = Queries("accounts")

    async def change(
        self, actor: Actor, user_id: str, *, role: Role | None = None, blocked: bool | None = None
    ) -> dict[str, Any]:
        """The user afterwards. Raises NotFound; Conflict when admins would lock themselves out."""
        if actor.user_id == user_id and (blocked or role not in (None, "ADMIN")):
            raise Conflict("Admins cannot block themselves or give up their own role; ask another admin.")
        async with self._postgres.transaction() as connection:
            was_role, was_blocked = await self._lock(connection, user_id)
            revoked: list[Revocation] = []
            if role is not None and role != was_role:
                revoked += await self._set_role(connection, actor, user_id, was_role, role)
            if blocked is not None and blocked != was_blocked:
                revoked += await self._set_blocked(connection, actor, user_id, blocked)
            row = await (await connection.execute(self._queries.find_profile, {"user_id": user_id})).fetchone()
        self._revocations.apply(revoked)
        return profile_of(row or ())

    async def _lock(self, connection: Connection, user_id: str) -> tuple[Role, bool]:
        row = await (await connection.execute(self._queries.find_managed, {"user_id": user_id})).fetchone()
        if row is None:
            raise NotFound("There is no such user.")
        return row[0], row[1]

    async def _set_role(
        self, connection: Connection, actor: Actor, user_id: str, before: Role, role: Role
    ) -> list[Revocation]:
        """The logins stand: a renewed token carries the new role."""
        await connection.execute(self._queries.set_role, {"user_id": user_id, "role": role})
        await self._audit(connection, actor, "user.role", user_id, {"from": before, "to": role})
        return await raise_generation(connection, user_id)

    async def _set_blocked(
        self, connection: Connection, actor: Actor, user_id: str, blocked: bool
    ) -> list[Revocation]:
        await connection.execute(self._queries.set_blocked, {"user_id": user_id, "blocked": blocked})
        await self._audit(connection, actor, "user.block" if blocked else "user.unblock", user_id, {})
        if not blocked:
            return []
        return [
            *await raise_generation(connection, user_id),
            *await end_logins(connection, user_id, "blocked"),
        ]

    async def set_password(self, actor: Actor, user_id: str, hashed: str) -> None:
        """Also ends all of the user's logins."""
        async with self._postgres.transaction() as connection:
            await self._lock(connection, user_id)
            await connection.execute(self._queries.set_password, {"user_id": user_id, "hash": hashed})
            await self._audit(connection, actor, "user.password", user_id, {})
            revoked = [
                *await raise_generation(connection, user_id),
                *await end_logins(connection, user_id, "password changed"),
            ]
        self._revocations.apply(revoked)

    async def _audit(
        self, connection: Connection, actor: Actor, action: str, user_id: str, details: dict[str, Any]
    ) -> None:
        values = {"actor": actor.user_id, "request_id": actor.request_id, "action": action}
        values |= {"user_id": user_id}
        await connection.execute(self._queries.record_audit, {**values, "details": Jsonb(details)})
