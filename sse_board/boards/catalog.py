"""The boards as this process knows them."""

import re
from collections.abc import Iterator

from psycopg.rows import TupleRow

from sse_board.boards.board import Board
from sse_board.errors import NotFound
from sse_board.shared_reads import SharedReads
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries

_queries = Queries("boards")

_SLUG = re.compile(r"[a-z0-9_-]{1,50}")


class BoardCatalog:
    """All boards by slug, in the order they are listed; `refresh()` twice a second keeps it true."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._boards: dict[str, Board] = {}
        self._looks: SharedReads[None] = SharedReads()
        self.version = 0
        #: Place of the newest commit of all that was seen when the catalogue was looked at.
        self.last_commit = 0

    def __iter__(self) -> Iterator[Board]:
        return iter(tuple(self._boards.values()))

    def find(self, slug: str) -> Board | None:
        return self._boards.get(slug)

    def get(self, slug: str) -> Board:
        """Raises NotFound."""
        board = self._boards.get(slug)
        if board is None:
            raise NotFound("There is no board of that name.", details={"board": slug})
        return board

    async def require(self, slug: str) -> Board:
        """Like `get`, but a board that another process made this very moment is found too. Raises Unavailable."""
        if slug not in self._boards:
            await self._looks.get("catalogue", self.refresh)
        return self.get(slug)

    async def load(self, connection: Connection) -> None:
        """Read the catalogue over a connection, which may be inside a transaction."""
        self._take(await (await connection.execute(_queries.catalogue)).fetchall())

    def _take(self, rows: list[TupleRow]) -> None:
        self._boards = {slug: Board(slug, *rest) for _, slug, *rest in rows if slug}
        self.version = rows[0][0]

    async def refresh(self) -> None:
        """Reload if anything changed since. Raises Unavailable."""
        known = self.version
        row = await self._postgres.one(_queries.catalogue_version)
        assert row is not None
        self.last_commit = row[1]
        if row[0] != known:
            rows = await self._postgres.all(_queries.catalogue)
            if self.version == known:  # else somebody took a newer one, under the turnstile
                self._take(rows)


def known_slug(slug: str) -> str:
    """The slug, or NotFound for what cannot be one: such text goes no further."""
    if not _SLUG.fullmatch(slug):
        raise NotFound("There is no board of that name.")
    return slug
