"""Logging in: an unknown name and a wrong password get the same answer after the same time."""

import contextlib

from sse_board.accounts.caller import Caller
from sse_board.accounts.failures import FailedLogins
from sse_board.accounts.logins import Grant, Logins
from sse_board.accounts.passwords import Passwords
from sse_board.accounts.rules import PASSWORD_LENGTH, check_username, name_key
from sse_board.errors import Forbidden, Unauthorized, Unavailable
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries


class Login:
    """Checks passwords and opens logins."""

    def __init__(self, postgres: Postgres, passwords: Passwords, logins: Logins, failures: FailedLogins) -> None:
        self._postgres = postgres
        self._passwords = passwords
        self._logins = logins
        self._failures = failures
        self._queries = Queries("accounts")

    async def log_in(self, username: str, password: str, caller: Caller) -> Grant:
        """Raises Unauthorized, RateLimited, or (to who knows the password) Forbidden for a blocked user."""
        key = _known_key(username)
        await self._failures.count(key, caller.address)
        row = await self._postgres.one(self._queries.find_for_login, username_key=key)
        user_id, hashed, blocked = row or (None, None, False)
        if not await self._passwords.verify(hashed, password[: PASSWORD_LENGTH[1] + 1]):
            raise Unauthorized("The username or the password is wrong.")
        await self._failures.forgive(key, caller.address)
        if blocked:
            raise Forbidden("This account is blocked.")
        grant = await self._open(user_id, hashed, caller)
        await self._renew_hash(user_id, hashed, password)
        return grant

    async def _open(self, user_id: str, hashed: str, caller: Caller) -> Grant:
        async with self._postgres.transaction() as connection:
            return await self._logins.open(connection, user_id, hashed, caller)

    async def _renew_hash(self, user_id: str, hashed: str, password: str) -> None:
        """This is the one moment at which the password is at hand to be hashed with today's parameters."""
        if not self._passwords.needs_rehash(hashed):
            return
        with contextlib.suppress(Unavailable):  # the login stands; the next one tries again
            better = await self._passwords.hash(password)
            await self._postgres.run(self._queries.replace_hash, user_id=user_id, old=hashed, new=better)


def _known_key(username: str) -> str:
    """The key of a name that could exist; what could not is counted under one empty name."""
    try:
        return name_key(check_username(username))
    except ValueError:
        return ""
