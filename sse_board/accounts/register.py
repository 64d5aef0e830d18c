"""Registering: two people who want one name at once get one account and one clear refusal."""

from collections.abc import Callable

from sse_board.accounts.caller import Caller
from sse_board.accounts.logins import Grant, Logins
from sse_board.accounts.passwords import Passwords
from sse_board.accounts.rules import NewUser
from sse_board.errors import Conflict
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Role


class Registration:
    """Creates participants."""

    def __init__(
        self, postgres: Postgres, passwords: Passwords, logins: Logins, new_id: Callable[[], str]
    ) -> None:
        self._postgres = postgres
        self._passwords = passwords
        self._logins = logins
        self._new_id = new_id

    async def register(self, user: NewUser, caller: Caller) -> Grant:
        """A participant, logged in. Raises Conflict whose details name the taken field."""
        async with self._postgres.connection() as connection:
            await refuse_taken(connection, user)  # before the work of hashing; the insert decides
        hashed = await self._passwords.hash(user.password)
        async with self._postgres.transaction() as connection:
            user_id = self._new_id()
            await insert_user(connection, user_id, user, hashed, "PARTICIPANT")
            return await self._logins.open(connection, user_id, hashed, caller)


async def insert_user(connection: Connection, user_id: str, user: NewUser, hashed: str, role: Role) -> None:
    """Raises Conflict whose details name the taken field."""
    values = {
        "user_id": user_id,
        "username": user.username,
        "username_key": user.username_key,
        "email": user.email,
        "email_key": user.email_key,
        "password_hash": hashed,
        "role": role,
        "time_zone": user.time_zone,
    }
    if (await connection.execute(Queries("accounts").insert_user, values)).rowcount == 0:
        await refuse_taken(connection, user)
        raise Conflict("The username or the email is taken.")


async def refuse_taken(connection: Connection, user: NewUser) -> None:
    keys = {"username_key": user.username_key, "email_key": user.email_key}
    row = await (await connection.execute(Queries("accounts").taken_fields, keys)).fetchone()
    taken = [name for name, is_taken in zip(("username", "email"), row or (), strict=False) if is_taken]
    if taken:
        details = {name: f"This {name} is taken." for name in taken}
        raise Conflict(" ".join(details.values()), details=details)
