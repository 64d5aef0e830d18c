"""Pictures of tournaments, kept while they are used, and read anew when PostgreSQL has another version."""

from collections.abc import Sequence
from functools import partial

from sse_board.errors import NotFound, Unavailable
from sse_board.gathering import Gathered
from sse_board.shared_reads import SharedReads
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tournaments.ids import NO_TOURNAMENT
from sse_board.tournaments.pictures import read_picture
from sse_board.tournaments.showing.recent import Recent
from sse_board.tournaments.tournament import Picture
from sse_board.version import Version

_queries = Queries("tournaments")

#: Pictures kept: of 500 players and 9 rounds one takes a megabyte.
PICTURES_KEPT = 32


class Pictures:
    """Whoever asks is told nothing older than what was true when they asked; all who ask at the same time cost one
    small look at the versions, and each new version is read once.

    While PostgreSQL is silent they are as they were known last.
    """

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._versions: Gathered[str, Version | None] = Gathered(self._look)
        self._reads: SharedReads[Picture] = SharedReads()
        self._kept: Recent[str, Picture] = Recent(PICTURES_KEPT)
        self._hinted: Recent[str, Version] = Recent(PICTURES_KEPT)

    async def get(self, id: str) -> Picture:
        """Raises NotFound; Unavailable when PostgreSQL is silent and the tournament is not known here."""
        try:
            return await self._fresh(id)
        except Unavailable:
            known = self._kept.get(id)
            if known is None:
                raise
            return known

    async def version(self, id: str) -> Version | None:
        """PostgreSQL's, None where there is no such tournament. Raises Unavailable."""
        return await self._versions(id)

    def known(self, id: str) -> Version | None:
        """That of the picture which is kept."""
        picture = self._kept.get(id)
        return None if picture is None else picture.version

    def hint(self, id: str, version: Version) -> None:
        """There is such a version: a look at the version is spared to who asks next."""
        self._hinted.put(id, version)

    async def _fresh(self, id: str) -> Picture:
        version = self._news(id) or await self._versions(id)
        if version is None:
            raise NotFound(NO_TOURNAMENT)
        picture = self._at_least(id, version) or await self._reads.get(id, partial(self._read, id, version))
        if picture.version < version:  # who shared the read wanted an older one, and that was kept meanwhile
            picture = await self._reads.get(id, partial(self._read, id, None))
        return picture

    def _news(self, id: str) -> Version | None:
        """A version that is newer than the one that is kept, where a hint told of one: a hint is believed once."""
        known, hinted = self.known(id), self._hinted.take(id)
        return hinted if known and hinted and hinted > known else None

    def _at_least(self, id: str, version: Version | None) -> Picture | None:
        picture = self._kept.get(id)
        return picture if picture and version and picture.version >= version else None

    async def _read(self, id: str, version: Version | None) -> Picture:
        """Unless somebody else read that version while this waited for its turn."""
        kept = self._at_least(id, version)
        if kept is not None:
            return kept
        async with self._postgres.connection() as connection:
            return self._kept.put(id, await read_picture(connection, id))

    async def _look(self, ids: Sequence[str]) -> list[Version | None]:
        rows = await self._postgres.all(_queries.versions, ids=list(set(ids)))
        found = {id: Version(epoch, seq) for id, epoch, seq in rows}
        return [found.get(id) for id in ids]
