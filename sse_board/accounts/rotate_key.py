"""A new action key for a player; the one before lives for a day."""

from sse_board.accounts.action_keys import ActionKey, ActionKeys
from sse_board.accounts.endings import announce
from sse_board.accounts.revocations import Revocations
from sse_board.clock import Clock
from sse_board.errors import Unauthorized
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries


class KeyRotation:
    """Raises a player's serial."""

    def __init__(self, postgres: Postgres, keys: ActionKeys, revocations: Revocations, clock: Clock) -> None:
        self._postgres = postgres
        self._keys = keys
        self._revocations = revocations
        self._clock = clock
        self._queries = Queries("accounts")

    async def rotate(self, user_id: str) -> ActionKey:
        values = {"user_id": user_id, "now": self._clock()}
        async with self._postgres.transaction() as connection:
            row = await (await connection.execute(self._queries.rotate_action_key, values)).fetchone()
            if row is None:
                raise Unauthorized("This account no longer exists.")
            changed = await announce(connection, user_id)
        self._revocations.apply(changed)
        return self._keys.current(user_id, row[0])
