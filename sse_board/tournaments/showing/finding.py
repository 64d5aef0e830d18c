"""What there is: tournaments and games by their ids."""

from collections.abc import Sequence

from sse_board.errors import NotFound
from sse_board.gathering import Gathered
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tournaments.ids import NO_TOURNAMENT
from sse_board.tournaments.showing.kept import Pictures
from sse_board.tournaments.showing.recent import Recent

_queries = Queries("tournament_lists")

#: Ids that are remembered, a hundred bytes each: what somebody listens to is asked for again and again.
REMEMBERED = 20_000


class Finder:
    """What was there once is remembered: tournaments stay, and to a game that was taken back nothing happens."""

    def __init__(self, postgres: Postgres, pictures: Pictures) -> None:
        self._postgres = postgres
        self._pictures = pictures
        self._tournaments: Recent[str, str] = Recent(REMEMBERED)
        #: Tournaments by the ids of their games.
        self._homes: Recent[str, str] = Recent(REMEMBERED)
        self._look_ups: Gathered[str, str | None] = Gathered(self._look_up)

    async def require_tournament(self, id: str) -> None:
        """Raises NotFound, and Unavailable where nobody can tell."""
        if self._tournaments.get(id) or self._pictures.known(id):
            return
        if await self._pictures.version(id) is None:
            raise NotFound(NO_TOURNAMENT)
        self._tournaments.put(id, id)

    async def require_game(self, id: str) -> None:
        """Raises NotFound, and Unavailable where nobody can tell."""
        if self._homes.get(id) is None:
            home = await self._look_ups(id)
            if home is None:
                raise NotFound("There is no such game.")
            self._homes.put(id, home)

    def home(self, game: str) -> str | None:
        """The tournament of a game that was asked for before; None for what is not remembered."""
        return self._homes.get(game)

    async def _look_up(self, games: Sequence[str]) -> list[str | None]:
        rows = await self._postgres.all(_queries.homes, ids=list(set(games)))
        homes: dict[str, str] = dict(rows)
        return [homes.get(game) for game in games]
