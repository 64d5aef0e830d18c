"""Loading a whole board into Redis, beside the one that is read, while commits go on."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from sse_board.boards.board import Board, Row
from sse_board.boards.ranking import Ranking
from sse_board.boards.reader import stored_row
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_log = structlog.get_logger()
_queries = Queries("boards")

#: Rows per round trip.
CHUNK_ROWS = 2_000
#: More rows than this are brought into a copy, not folded: a script holds Redis up while it runs.
FOLD_LIMIT_ROWS = 2_000


@dataclass(slots=True)
class Copy:
    """A board that nobody reads yet: the `epoch`, `seq` and `at` of its state, and its `count` of entries."""

    board: Board
    name: str
    epoch: int = 0
    seq: int = 0
    at: datetime = datetime.min
    count: int = 0


#: Takes rows into a copy; how many more entries it has then.
Take = Callable[[list[Row]], Awaitable[int]]


class BoardCopies:
    """Raises redis.RedisError or Unavailable."""

    def __init__(self, ranking: Ranking, postgres: Postgres) -> None:
        self._ranking = ranking
        self._postgres = postgres

    async def load(self, board: Board, alive: Callable[[], Awaitable[Any]]) -> None:
        """Make a copy and put it in place; what it lacks then can be folded. `alive` is called all the while."""
        copy = Copy(board, uuid.uuid4().hex)
        await self._ranking.begin(board.slug, copy.name)
        try:
            await self._fill(copy, alive)
        except BaseException:
            await self._ranking.give_up(board.slug, copy.name)
            raise
        if copy.epoch != board.epoch:  # its rules have just changed
            await self._ranking.give_up(board.slug, copy.name)
            return
        taken = await self._ranking.swap(board, copy.name, copy.seq, copy.at, copy.count)
        _log.info("board loaded into Redis", board=board.slug, seq=copy.seq, taken=taken)

    async def _fill(self, copy: Copy, alive: Callable[[], Awaitable[Any]]) -> None:
        """All of the board, and so much of what is committed meanwhile that the rest can be folded."""
        await self._read(copy, _queries.all_entries, {}, self._add(copy), alive)
        since = -1
        while since < copy.seq and await self._is_far_behind(copy):
            since = copy.seq
            await self._read(copy, _queries.touched_entries, {"since": copy.seq}, self._change(copy), alive)

    def _add(self, copy: Copy) -> Take:
        async def add(rows: list[Row]) -> int:
            await self._ranking.load(copy.board.slug, copy.name, copy.board, rows)
            return len(rows)

        return add

    def _change(self, copy: Copy) -> Take:
        return lambda rows: self._ranking.patch(copy.board.slug, copy.name, copy.board, rows)

    async def _is_far_behind(self, copy: Copy) -> bool:
        """Whether so much was committed since that it cannot be folded: then once more, which is quicker."""
        where = {"slug": copy.board.slug, "since": copy.seq, "limit": FOLD_LIMIT_ROWS}
        row = await self._postgres.one(_queries.touched_count, **where)
        return row is not None and row[0] >= FOLD_LIMIT_ROWS

    async def _read(
        self,
        copy: Copy,
        query: bytes,
        parameters: dict[str, Any],
        take: Take,
        alive: Callable[[], Awaitable[Any]],
    ) -> None:
        """All rows of a query, and the state that they belong to; while some are taken the next are fetched."""
        where = {"slug": copy.board.slug, **parameters}
        async with self._postgres.snapshot() as connection, connection.cursor(name="entries") as cursor:
            state = await (await connection.execute(_queries.state, where)).fetchone()
            await cursor.execute(query, where)
            rows = await cursor.fetchmany(CHUNK_ROWS)
            while rows:
                taking = take([stored_row(row) for row in rows])
                rows, more, _ = await asyncio.gather(cursor.fetchmany(CHUNK_ROWS), taking, alive())
                copy.count += more
        if state is not None:
            copy.epoch, copy.seq, copy.at = state
