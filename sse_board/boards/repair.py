"""Bringing Redis up to what PostgreSQL knows: a few missed rows, or a board from scratch."""

import asyncio
import contextlib
from collections import defaultdict

from redis.asyncio import Redis
from redis.exceptions import LockError, RedisError

from sse_board.boards.board import Board
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

    async def catch_up(self, slug: str) -> bool:
        """Fold what Redis missed of one board; nothing when it is level. False when that is left to others."""
        async with self._locks[slug]:
            board = self._catalog.get(slug)
            if await self._fold_missed(board):
                return True
            return await self._load_once(board) and await self._fold_missed(board)

    async def _fold_missed(self, board: Board) -> bool:
        """Whether Redis has the board, and the missed rows were few enough to fold."""
        (known,) = await self._ranking.versions([board.slug])
        if known is None or known.epoch != board.epoch:
            return False
        found = await self._postgres.all(_queries.changes, slug=board.slug, since=known.seq, limit=FOLD_LIMIT_ROWS)
        epoch, seq, at = found[0][:3]
        if len(found) >= FOLD_LIMIT_ROWS or epoch != known.epoch:
            return False
        rows = [stored_row(row[3:]) for row in found if row[3] is not None]
        await self._ranking.fold(board, known.seq, seq, at, rows, tell_ranks=False)
        return True

    async def _load_once(self, board: Board) -> bool:
        """Load a whole copy, unless another process is at it, or better is."""
        (entries,) = await self._postgres.one(_queries.entry_count, slug=board.slug) or (0,)
        if self._largest is not None and entries > self._largest:
            return False
        lock = self._redis.lock(f"sse_board:{{{board.slug}}}:loading", timeout=LOADING_SECONDS, blocking=False)
        if not await lock.acquire():
            return False
        try:
            await self._copies.load(board, lock.reacquire)
        except LockError:
            return False  # a flush took it, and the copy with it
        finally:
            with contextlib.suppress(RedisError):
                await lock.release()
        return True
