"""Bringing Redis up to what PostgreSQL knows: a few missed rows, or a board from scratch."""

import asyncio
import uuid
from collections import defaultdict

import structlog
from psycopg import IsolationLevel
from redis.asyncio import Redis

from sse_board.boards.board import Board, Version
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
#: A loader that dies keeps others waiting no longer than this; one that lives says so with each chunk: seconds.
LOADING_SECONDS = 10
#: Who answers requests meanwhile leaves larger boards to the worker: these take some 0.1 s of work. Entries.
SMALL_BOARD = 10_000


class BoardRepair:
    """Raises redis.RedisError or Unavailable: whoever calls tries again later."""

    def __init__(
        self,
        catalog: BoardCatalog,
        ranking: Ranking,
        postgres: Postgres,
        redis: Redis,
        *,
        largest: int | None = SMALL_BOARD,
    ) -> None:
        """`largest`: entries of the largest board that is loaded from here; None for any."""
        self._largest = largest
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
        """Load a whole copy, unless another process is at it, or better is."""
        (entries,) = await self._postgres.one(_queries.entry_count, slug=board.slug) or (0,)
        if self._largest is not None and entries > self._largest:
            return
        lock = f"sse_board:{{{board.slug}}}:loading"
        if not await self._redis.set(lock, "1", nx=True, ex=LOADING_SECONDS):
            return
        try:
            await self._load(board, uuid.uuid4().hex, lock)
        finally:
            await self._redis.delete(lock)

    async def _load(self, board: Board, copy: str, lock: str) -> None:
        count = 0
        await self._ranking.begin(board.slug, copy)
        async with self._postgres.connection(seconds=None) as connection:
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            try:
                async with connection.transaction():
                    state = await (await connection.execute(_queries.state, {"slug": board.slug})).fetchone()
                    async with connection.cursor(name="entries") as cursor:
                        await cursor.execute(_queries.all_entries, {"slug": board.slug})
                        rows = await cursor.fetchmany(CHUNK_ROWS)
                        while rows:
                            load = self._ranking.load(board.slug, copy, board, [stored_row(row) for row in rows])
                            count += len(rows)
                            rows, *_ = await asyncio.gather(
                                cursor.fetchmany(CHUNK_ROWS), load, self._redis.expire(lock, LOADING_SECONDS)
                            )
            finally:
                await connection.set_isolation_level(None)
        if state and state[0] == board.epoch:
            taken = await self._ranking.swap(board, copy, state[1], state[2], count)
            _log.info("board loaded into Redis", board=board.slug, seq=state[1], taken=taken)
