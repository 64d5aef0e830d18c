"""The achievements as this process knows them."""

from collections.abc import Iterator

import msgspec
from psycopg.rows import TupleRow

from sse_board.achievements.definition import Achievement, Rule
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.bodies import decode_exact

_queries = Queries("achievements")
_boards = Queries("boards")


class AchievementCatalog:
    """All of them in the order they are listed; their version is that of boards and action types."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._achievements: dict[str, Achievement] = {}
        self.version = 0

    def __iter__(self) -> Iterator[Achievement]:
        return iter(tuple(self._achievements.values()))

    def find(self, slug: str) -> Achievement | None:
        return self._achievements.get(slug)

    async def load(self, connection: Connection) -> None:
        """Read the catalogue over a connection, which may be inside a transaction."""
        self._take(await (await connection.execute(_queries.catalogue)).fetchall())

    def _take(self, rows: list[TupleRow]) -> None:
        self._achievements = {row[1]: _achievement(row[1:]) for row in rows if row[1]}
        self.version = rows[0][0]

    async def refresh(self) -> None:
        """Reload if anything changed since. Raises Unavailable."""
        row = await self._postgres.one(_boards.catalogue_version)
        if row and row[0] != self.version:
            self._take(await self._postgres.all(_queries.catalogue))


def _achievement(row: TupleRow) -> Achievement:
    slug, title, description, icon, points, rule = row
    return Achievement(slug, title, description, icon, points, read_rule(rule))


def read_rule(text: str) -> Rule:
    """A rule as the table has it: it was checked when it was written."""
    rule: Rule = decode_exact(text.encode(), Rule)  # type: ignore[arg-type]  # a union of types is a type to msgspec
    return rule


def written_rule(rule: Rule) -> str:
    return msgspec.json.Encoder(decimal_format="number").encode(rule).decode()
