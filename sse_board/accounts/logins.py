"""Logins and what they hand out: an access token, and a refresh token that is good once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sse_board.accounts.caller import Caller
from sse_board.accounts.tokens import Tokens
from sse_board.clock import Clock
from sse_board.errors import Unauthorized
from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries
from sse_board.web.identity import Role

#: A login that nobody renews for this long is over; each renewal starts it anew.
REFRESH_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Account:
    """What tokens and keys are made from."""

    id: str
    username: str
    role: Role
    generation: int
    action_serial: int


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to a login, a registration or a renewal."""

    account: Account
    login_id: str
    access_token: str
    refresh_token: str


def token_hash(refresh_token: str) -> bytes:
    """What is stored: whoever reads the database cannot log in with it. 256 random bits need no salt."""
    return hashlib.sha256(refresh_token.encode()).digest()


class Logins:
    """Opens and renews logins, inside the caller's transaction."""

    def __init__(
        self, tokens: Tokens, clock: Clock, new_id: Callable[[], str], new_secret: Callable[[], str]
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._new_id = new_id
        self._new_secret = new_secret
        self._queries = Queries("accounts")

    async def open(self, connection: Connection, user_id: str, verified_hash: str, caller: Caller) -> Grant:
        """A new login. Raises Unauthorized when the password or a block changed since it was verified."""
        login_id = self._new_id()
        values = {"login_id": login_id, "user_id": user_id, "verified_hash": verified_hash}
        values |= {"address": caller.address, "agent": caller.agent}
        row = await (await connection.execute(self._queries.open_login, values)).fetchone()
        if row is None:
            raise Unauthorized("The username or the password is wrong.")
        return await self.grant(connection, Account(*row), login_id)

    async def grant(self, connection: Connection, account: Account, login_id: str) -> Grant:
        """A new pair of tokens for a login that stands."""
        refresh_token, now = self._new_secret(), self._clock()
        await connection.execute(
            self._queries.store_refresh_token,
            {
                "hash": token_hash(refresh_token),
                "login_id": login_id,
                "now": now,
                "expires_at": now + REFRESH_LIFE,
            },
        )
        access = self._tokens.access(account.id, account.role, login_id, account.generation, account.action_serial)
        return Grant(account, login_id, access, refresh_token)
