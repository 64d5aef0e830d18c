"""Renewing a login: a refresh token is good once; a second use gives away that somebody copied it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sse_board.accounts.endings import end_login, raise_generation
from sse_board.accounts.logins import Account, Grant, Logins, token_hash
from sse_board.accounts.revocations import Revocation, Revocations
from sse_board.clock import Clock
from sse_board.errors import BoardError, TokenExpired, TokenReused, Unauthorized
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries

#: Two tabs of one browser may renew at the same moment; a thief is rarely that quick.
GRACE = timedelta(seconds=5)
#: Ours have 43 characters; what is longer is not even hashed.
TOKEN_LENGTH = 128


@dataclass(frozen=True, slots=True)
class _Presented:
    """The token that was presented, its login and its user."""

    expires_at: datetime
    used_at: datetime | None
    login_id: str
    ended: bool
    account: Account

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> "_Presented":
        expires_at, used_at, login_id, ended, *account = row
        return cls(expires_at, used_at, login_id, ended, Account(*account))


class Refresh:
    """Rotates refresh tokens."""

    def __init__(self, postgres: Postgres, logins: Logins, revocations: Revocations, clock: Clock) -> None:
        self._postgres = postgres
        self._logins = logins
        self._revocations = revocations
        self._clock = clock
        self._queries = Queries("accounts")

    async def rotate(self, refresh_token: str) -> Grant:
        """A new pair with the user's present role. Raises Unauthorized, TokenExpired or TokenReused."""
        outcome: Grant | BoardError
        revoked: list[Revocation] = []
        async with self._postgres.transaction() as connection:
            presented = await self._find(connection, refresh_token)
            refusal = self._refusal(presented)
            if isinstance(refusal, TokenReused) and not presented.ended:
                revoked = await self._end(connection, presented)
            outcome = refusal or await self._renew(connection, presented, token_hash(refresh_token))
        self._revocations.apply(revoked)
        if isinstance(outcome, BoardError):
            raise outcome
        return outcome

    async def _find(self, connection: Connection, refresh_token: str) -> _Presented:
        if len(refresh_token) <= TOKEN_LENGTH:
            key = {"hash": token_hash(refresh_token)}
            row = await (await connection.execute(self._queries.find_refresh_token, key)).fetchone()
            if row is not None:
                return _Presented.from_row(row)
        raise Unauthorized("The refresh token is not valid here.")

    def _refusal(self, presented: _Presented) -> BoardError | None:
        now = self._clock()
        if presented.used_at is not None and now - presented.used_at > GRACE:
            return TokenReused()
        if presented.ended:
            return Unauthorized("This login has ended; log in again.")
        if presented.expires_at <= now:
            return TokenExpired("The refresh token has expired; log in again.")
        return None

    async def _end(self, connection: Connection, presented: _Presented) -> list[Revocation]:
        """Nobody can tell the owner from the thief: the login ends, and all of the user's streams with it."""
        user_id = presented.account.id
        return [
            *await raise_generation(connection, user_id),
            *await end_login(connection, presented.login_id, "refresh token used twice"),
        ]

    async def _renew(self, connection: Connection, presented: _Presented, used: bytes) -> Grant:
        await connection.execute(self._queries.use_refresh_token, {"hash": used, "now": self._clock()})
        return await self._logins.grant(connection, presented.account, presented.login_id)
