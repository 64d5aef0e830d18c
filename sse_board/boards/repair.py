"""Bringing Redis up to what PostgreSQL knows: a few missed rows, or a board from scratch."""

import asyncio
from collections import defaultdict

from redis.asyncio import Redis

from sse_board.boards.board import Board, Version
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.copying import FOLD_LIMIT_ROWS, BoardCopies
from sse_board.boards.ranking import Ranking
from sse_board.boards.reader import stored_row
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("boards")

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
        self._copies = BoardCopies(ranking, postgres)
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
            await self._copies.load(board, lambda: self._redis.expire(lock, LOADING_SECONDS))
        finally:
            await self._redis.delete(lock)
