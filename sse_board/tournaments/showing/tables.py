"""What this process knows of tournaments: pictures and standings, read and computed once for everybody."""

import asyncio
from functools import partial

from sse_board.errors import NotFound
from sse_board.shared_reads import SharedReads
from sse_board.stores.postgres import Postgres
from sse_board.tournaments.showing.kept import Pictures
from sse_board.tournaments.showing.listing import Listing, Overview, Page
from sse_board.tournaments.showing.recent import Recent
from sse_board.tournaments.showing.sheet import Sheet, sheet_of
from sse_board.tournaments.standings.row import Table
from sse_board.tournaments.standings.table import ranks_before, standings
from sse_board.tournaments.tournament import Picture, TournamentStatus

#: Standings kept: with 500 players after 9 rounds one takes 2 MB.
SHEETS_KEPT = 32


class Tables:
    """Everything is as new as PostgreSQL is, or as it was known last while PostgreSQL is silent.

    Standings are computed in a thread, one at a time: so the event loop shares the interpreter with one of them at
    the most.
    """

    def __init__(self, postgres: Postgres) -> None:
        self.pictures = Pictures(postgres)
        self.listing = Listing(postgres)
        #: Of each tournament and round the newest.
        self._sheets: Recent[tuple[str, int], Sheet] = Recent(SHEETS_KEPT)
        self._computing: SharedReads[Sheet] = SharedReads()
        self._turn = asyncio.Lock()

    async def picture(self, id: str) -> Picture:
        """Raises NotFound, and Unavailable where PostgreSQL is silent and the tournament is not known here."""
        return await self.pictures.get(id)

    async def table(self, id: str, through: int | None = None) -> Table:
        """The standings after that round, or after the newest that was started. Raises as `sheet` does."""
        return (await self.sheet(id, through)).table

    async def sheet(self, id: str, through: int | None = None) -> Sheet:
        """The same with the picture that they belong to, and as the wire has them. Raises as `picture` does, and
        NotFound for a round that was not started."""
        picture = await self.picture(id)
        newest = started(picture)
        if through is not None and not 1 <= through <= newest:
            raise NotFound("That round has not been started.", details={"round": through})
        wanted = newest if through is None else through
        return self._computed(picture, wanted) or await self._computing.get(
            (id, picture.version, wanted), partial(self._compute, picture, wanted)
        )

    async def overview(self) -> Overview:
        """Raises Unavailable."""
        return await self.listing.overview()

    async def listed(self, status: TournamentStatus | None, limit: int, offset: int) -> Page:
        """The newest first. Raises Unavailable."""
        return await self.listing.page(status, limit, offset)

    def _computed(self, picture: Picture, through: int) -> Sheet | None:
        known = self._sheets.get((picture.tournament.id, through))
        return known if known and known.version == picture.version else None

    async def _compute(self, picture: Picture, through: int) -> Sheet:
        """Unless somebody else computed it while this waited for its turn."""
        async with self._turn:
            if known := self._computed(picture, through):
                return known
            key = (picture.tournament.id, through)
            return self._sheets.put(key, await asyncio.to_thread(_make, picture, through, self._sheets.get(key)))


def _make(picture: Picture, through: int, before: Sheet | None) -> Sheet:
    known = None if before is None else ranks_before(before.table, before.picture, picture)
    return sheet_of(picture, standings(picture, through or None, known), before)


def started(picture: Picture) -> int:
    """The newest round that was started, 0 before the first."""
    return max((round.number for round in picture.rounds if round.status in ("active", "completed")), default=0)
