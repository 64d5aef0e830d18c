"""Reading the event log from PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from sse_board.live.events.record import Record
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("events")
#: Numbers as they were written.
_decoder = msgspec.json.Decoder(float_hook=Decimal)
#: What stands for all names where something is forgotten.
EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Page:
    """Some records after a place; `end` of the log when they were read, and `gone`: how far which names were
    forgotten."""

    records: Sequence[Record]
    end: int
    gone: Mapping[str, int]

    def forgotten(self, names: Iterable[str]) -> int:
        """The highest place up to which anything of these names was forgotten."""
        return max(self.gone.get(name, 0) for name in (*names, EVERYTHING))


class History:
    """Raises Unavailable when PostgreSQL does not answer."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def ends(self) -> tuple[int, int]:
        """The last place of the log, and the highest up to which anything was forgotten."""
        row = await self._postgres.one(_queries.ends)
        assert row is not None
        return row[0], row[1]

    async def newer(self, after: int, limit: int) -> tuple[list[Record], int]:
        """What follows a place, whatever its name, and the last place of the log."""
        rows = await self._postgres.all(_queries.newer, after=after, limit=limit)
        return [_record(row[1:]) for row in rows if row[1] is not None], rows[0][0]

    async def give_up(self, position: int) -> None:
        """Nothing will be found up to this place, nor will any of those places be handed out again."""
        async with self._postgres.transaction() as connection:
            await connection.execute(_queries.give_up, {"position": position})

    async def replay(self, names: Sequence[str], after: int, limit: int) -> Page:
        """What happened under these names after a place, oldest first."""
        rows = await self._postgres.all(_queries.replay, names=list(names), after=after, limit=limit)
        end, gone = rows[0][:2]
        return Page([_record(row[2:]) for row in rows if row[2] is not None], end, msgspec.json.decode(gone))


def _record(row: Sequence[Any]) -> Record:
    position, name, type, data, at = row
    return Record(position, name, type, _decoder.decode(data), at)
