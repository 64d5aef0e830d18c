"""What of the notifications a user wants to hear, and whether others may see that they are here."""

from collections.abc import Collection, Mapping

from psycopg.types.json import Jsonb

from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.answers import encode

_queries = Queries("preferences")

#: Every preference, with what holds for who never changed it: nobody is sent email or push messages unasked.
DEFAULTS: Mapping[str, bool] = {
    "gameResults": True,
    "tournamentUpdates": True,
    "standingsChanges": True,
    "pairingUpdates": True,
    "systemAlerts": True,
    "achievements": True,
    "rankChanges": True,
    "realTimeNotifications": True,
    "emailNotifications": False,
    "pushNotifications": False,
    "showOnline": True,
}


class Preferences:
    """One small row for each user who changed any. Raises Unavailable."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def of(self, user_id: str) -> dict[str, bool]:
        """All of them, by name."""
        row = await self._postgres.one(_queries.find, user=user_id)
        return {**DEFAULTS, **(row[0] if row else {})}

    async def change(self, user_id: str, changes: Mapping[str, bool]) -> dict[str, bool]:
        """All as they are now."""
        row = await self._postgres.one(_queries.change, user=user_id, changes=Jsonb(dict(changes), dumps=encode))
        assert row is not None
        return {**DEFAULTS, **row[0]}


async def hidden(postgres: Postgres, users: Collection[str]) -> set[str]:
    """Those of the users who do not want to be seen online. Raises Unavailable."""
    rows = await postgres.all(_queries.hidden, users=list(users))
    return {row[0] for row in rows}
