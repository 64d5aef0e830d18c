"""Logging out: this login's tokens and streams end everywhere within a second."""

from sse_board.accounts.endings import end_login
from sse_board.accounts.logins import token_hash
from sse_board.accounts.refresh import TOKEN_LENGTH
from sse_board.accounts.revocations import Revocations
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries


class Logout:
    """Ends logins."""

    def __init__(self, postgres: Postgres, revocations: Revocations) -> None:
        self._postgres = postgres
        self._revocations = revocations
        self._queries = Queries("accounts")

    async def end(self, login_id: str) -> None:
        async with self._postgres.transaction() as connection:
            revoked = await end_login(connection, login_id, "logout")
        self._revocations.apply(revoked)

    async def end_by_refresh_token(self, refresh_token: str) -> None:
        """For a browser whose access token has expired; an unknown token ends nothing."""
        if len(refresh_token) > TOKEN_LENGTH:
            return
        row = await self._postgres.one(self._queries.login_of_refresh_token, hash=token_hash(refresh_token))
        if row is not None:
            await self.end(row[0])
