"""Everything that touches a board passes through here: one commit, then Redis."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from redis import RedisError

from sse_board.boards.board import Board, Row
from sse_board.boards.ranking import Ranking, Ranks
from sse_board.boards.repair import BoardRepair
from sse_board.errors import BoardError
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries

_log = structlog.get_logger()
_queries = Queries("boards")

#: A board that somebody else is loading is not folded for so long: each try costs as much as the commit. Seconds.
LEFT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class BoardCommit:
    """What one transaction did to one board: its rows now, on top of the board's seq before."""

    board: Board
    before: int
    seq: int
    at: datetime
    rows: Sequence[Row]


class BoardFolder:
    """Brings commits into Redis, in whatever order processes arrive (D3)."""

    def __init__(self, ranking: Ranking, repair: BoardRepair) -> None:
        self._ranking = ranking
        self._repair = repair
        self._left: dict[str, float] = {}

    async def fold(self, commits: Sequence[BoardCommit]) -> dict[str, Ranks]:
        """The rank of every touched player before and after, by board; what Redis cannot tell is missing."""
        return {commit.board.slug: await self._fold(commit) for commit in commits}

    async def _fold(self, commit: BoardCommit) -> Ranks:
        """Never raises: the commit stands, and the worker repairs what could not be folded."""
        slug = commit.board.slug
        if time.monotonic() < self._left.get(slug, 0.0):
            return {}
        try:
            for _ in range(2):
                fold = await self._ranking.fold(commit.board, commit.before, commit.seq, commit.at, commit.rows)
                if fold.status in ("folded", "ahead"):
                    return fold.ranks
                if not await self._repair.catch_up(slug):
                    self._left[slug] = time.monotonic() + LEFT_SECONDS
                    return {}
        except (RedisError, BoardError) as error:
            _log.warning("commit not folded", board=slug, seq=commit.seq, reason=repr(error))
        return {}


async def bring_level(repair: BoardRepair, slugs: Sequence[str]) -> None:
    """Fold what was committed to these boards. Never raises: the worker repairs what could not be folded."""
    for slug in slugs:
        try:
            await repair.catch_up(slug)
        except (RedisError, BoardError) as error:
            _log.warning("commit not folded", board=slug, reason=repr(error))


class ProfileChanges:
    """A change of a name or picture is a commit on every board that shows it (D5)."""

    def __init__(self, postgres: Postgres, repair: BoardRepair) -> None:
        self._postgres = postgres
        self._repair = repair

    async def apply(self, user_id: str, write: Callable[[Connection], Awaitable[None]]) -> None:
        """Run `write` and mark the user's entries in one transaction, then bring Redis level."""
        async with self._postgres.transaction() as connection:
            slugs = await self._touch(connection, user_id)
            await write(connection)
        await bring_level(self._repair, slugs)

    async def _touch(self, connection: Connection, user_id: str) -> list[str]:
        turnstile = await (await connection.execute(_queries.turnstile)).fetchone()
        assert turnstile is not None
        seq, at = turnstile[0] + 1, turnstile[2]
        rows = await (await connection.execute(_queries.entries_of, {"user_id": user_id})).fetchall()
        slugs = [row[0] for row in rows]
        await connection.execute(_queries.touch_entries, {"seq": seq, "user_id": user_id})
        await connection.execute(_queries.touch_boards, {"seq": seq, "at": at, "slugs": slugs})
        await connection.execute(_queries.advance, {"seq": seq})
        return slugs
