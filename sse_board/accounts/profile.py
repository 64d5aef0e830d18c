"""What people see and change of themselves."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sse_board.accounts.avatars import store_avatar
from sse_board.accounts.endings import announce, end_logins
from sse_board.accounts.images import Picture
from sse_board.accounts.passwords import Passwords
from sse_board.accounts.revocations import Revocation, Revocations
from sse_board.clock import iso
from sse_board.errors import Unauthorized
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Identity

#: Runs `write(connection)` inside the transaction that makes the change a commit of each board it shows on.
ProfileChange = Callable[[str, Callable[[Connection], Awaitable[None]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What the user asked for; `sets_avatar` with no picture removes it."""

    sets_avatar: bool = False
    picture: Picture | None = None
    time_zone: str | None = None
    password: str | None = None


class Profiles:
    """Reads and changes the caller's own row."""

    def __init__(
        self,
        postgres: Postgres,
        passwords: Passwords,
        revocations: Revocations,
        change_profile: ProfileChange,
    ) -> None:
        self._postgres = postgres
        self._passwords = passwords
        self._revocations = revocations
        self._change_profile = change_profile
        self._queries = Queries("accounts")

    async def show(self, user_id: str) -> dict[str, Any]:
        row = await self._postgres.one(self._queries.find_profile, user_id=user_id)
        if row is None:
            raise Unauthorized("This account no longer exists.")
        return profile_of(row)

    async def change(self, identity: Identity, changes: Changes) -> None:
        """All of it in one transaction; a new password ends the user's other logins."""
        hashed = await self._passwords.hash(changes.password) if changes.password else None
        revoked: list[Revocation] = []

        async def write(connection: Connection) -> None:
            revoked[:] = await self._write(connection, identity, changes, hashed)

        if changes.sets_avatar:
            await self._change_profile(identity.user_id, write)
        else:
            async with self._postgres.transaction() as connection:
                await write(connection)
        self._revocations.apply(revoked)

    async def _write(
        self, connection: Connection, identity: Identity, changes: Changes, hashed: str | None
    ) -> list[Revocation]:
        user_id = identity.user_id
        if changes.sets_avatar:
            await store_avatar(connection, user_id, changes.picture)
        if changes.time_zone:
            values = {"user_id": user_id, "time_zone": changes.time_zone}
            await connection.execute(self._queries.set_time_zone, values)
        revoked = await announce(connection, user_id)
        if hashed:
            await connection.execute(self._queries.set_password, {"user_id": user_id, "hash": hashed})
            revoked += await end_logins(connection, user_id, "password changed", kept=identity.login_id)
        return revoked


def profile_of(row: tuple[Any, ...]) -> dict[str, Any]:
    """The user as the API shows it, from (id, username, email, role, time zone, avatar, created, blocked)."""
    user_id, username, email, role, time_zone, avatar_url, created_at, blocked_at = row
    return {
        "id": user_id,
        "username": username,
        "email": email,
        "role": role,
        "timeZone": time_zone,
        "avatarUrl": avatar_url,
        "createdAt": iso(created_at),
        "blockedAt": _iso_or_none(blocked_at),
    }


def _iso_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
