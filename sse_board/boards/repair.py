"""Bringing Redis up to what PostgreSQL knows: a few missed rows, or a board from scratch."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator

import structlog
from psycopg import AsyncServerCursor, IsolationLevel
from psycopg.rows import TupleRow
from redis.asyncio import Redis

from sse_board.boards.board import Board, Row, Version
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.ranking import Ranking
from sse_board.boards.reader import stored_row
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_log = structlog.get_logger()
_queries = Queries("boards")

#: More missed rows than this are loaded as a whole copy beside the board: a script holds Redis up while it runs.
FOLD_LIMIT_ROWS = 2_000
#: Rows per round trip while a copy is loaded.
CHUNK_ROWS = 2_000
#: A loader that dies keeps the others waiting no longer than this.
LOADING_SECONDS = 60


class BoardRepair:
    """Raises redis.RedisError or Unavailable: whoever calls tries again later."""

    def __init__(self, catalog: BoardCatalog, ranking: Ranking, postgres: Postgres, redis: Redis) -> None:
        self._catalog = catalog
        self._ranking = ranking
        self._postgres = postgres
        self._redis = redis
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def catch_up(self, slug: str) -> None:
        """Fold what Redis missed of one board; nothing when it is level."""
        async with self._locks[slug]:
            board = self._catalog.get(slug)
            (known,) = await self._ranking.versions([slug])
            if known is None or known.epoch != board.epoch or not await self._fold_missed(board, known):
                await self._load_once(board)

    async def _fold_missed(self, board: Board, known: Version) -> bool:
        """Whether the missed rows were few enough to fold."""
        found = await self._postgres.all(_queries.changes, slug=board.slug, since=known.seq, limit=FOLD_LIMIT_ROWS)
        epoch, seq, at = found[0][:3]
        if len(found) >= FOLD_LIMIT_ROWS or epoch != known.epoch:
            return False
        rows = [stored_row(row[3:]) for row in found if row[3] is not None]
        await self._ranking.fold(board, known.seq, seq, at, rows, tell_ranks=False)
        return True

    async def _load_once(self, board: Board) -> None:
        """Load a whole copy, unless another process is at it."""
        lock = f"sse_board:{{{board.slug}}}:loading"
        if not await self._redis.set(lock, "1", nx=True, ex=LOADING_SECONDS):
            return
        try:
            await self._load(board, uuid.uuid4().hex)
        finally:
            await self._redis.delete(lock)

    async def _load(self, board: Board, copy: str) -> None:
        count = 0
        async with self._postgres.connection(LOADING_SECONDS) as connection:
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            try:
                async with connection.transaction():
                    state = await (await connection.execute(_queries.state, {"slug": board.slug})).fetchone()
                    async with connection.cursor(name="entries") as cursor:
                        await cursor.execute(_queries.all_entries, {"slug": board.slug})
                        async for rows in _chunks(cursor):
                            await self._ranking.load(board.slug, copy, board, rows)
                            count += len(rows)
            finally:
                await connection.set_isolation_level(None)
        if state and state[0] == board.epoch:
            taken = await self._ranking.swap(board, copy, state[1], state[2], count)
            _log.info("board loaded into Redis", board=board.slug, seq=state[1], taken=taken)


async def _chunks(cursor: AsyncServerCursor[TupleRow]) -> AsyncIterator[list[Row]]:
    while rows := await cursor.fetchmany(CHUNK_ROWS):
        yield [stored_row(row) for row in rows]
