"""Reading boards: from Redis, and from PostgreSQL when Redis cannot answer."""

from decimal import Decimal
from typing import Any

import structlog
from redis import RedisError

from sse_board.boards.board import Board, Row, Standing, Version, Window
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.ranking import Ranking
from sse_board.boards.rules import ranked
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_log = structlog.get_logger()
_queries = Queries("boards")


class BoardReader:
    """Both stores give the same rows under the same version; only movement is known to Redis alone."""

    def __init__(self, catalog: BoardCatalog, ranking: Ranking, postgres: Postgres) -> None:
        self._catalog = catalog
        self._ranking = ranking
        self._postgres = postgres

    async def window(self, slug: str, limit: int, offset: int = 0) -> Window:
        """Raises NotFound for an unknown board, Unavailable when neither store answers."""
        board = await self._catalog.require(slug)
        try:
            window = await self._ranking.read(board, offset, limit)
        except RedisError as error:
            _log.warning("board read from PostgreSQL", board=slug, reason=repr(error))
            window = None
        return window or await self._stored_window(board, limit, offset)

    async def standing(self, slug: str, user_id: str) -> Standing | None:
        board = await self._catalog.require(slug)
        try:
            found = await self._ranking.find(board, user_id)
        except RedisError:
            found = None
        return found[1] if found else await self._stored_standing(slug, user_id)

    async def versions(self) -> dict[str, Version]:
        """The version of every board: Redis's own, or PostgreSQL's when Redis cannot tell."""
        slugs = [board.slug for board in self._catalog]
        try:
            known = dict(zip(slugs, await self._ranking.versions(slugs), strict=True))
            if all(known.values()):
                return {slug: version for slug, version in known.items() if version}
        except RedisError:
            pass
        return await self.stored_versions()

    async def stored_versions(self) -> dict[str, Version]:
        rows = await self._postgres.all(_queries.versions)
        return {slug: Version(epoch, seq) for slug, epoch, seq in rows}

    async def _stored_window(self, board: Board, limit: int, offset: int) -> Window:
        found = await self._postgres.all(_queries.window, slug=board.slug, offset=offset, limit=limit)
        epoch, seq, total, updated_at = found[0][:4]
        rows = [stored_row(row[4:11]) for row in found if row[4] is not None]
        first_rank = found[0][11] or offset + 1
        entries = ranked(board, rows, offset=offset, first_rank=first_rank)
        return Window(board, Version(epoch, seq), entries, total, limit, offset, updated_at)

    async def _stored_standing(self, slug: str, user_id: str) -> Standing | None:
        row = await self._postgres.one(_queries.standing, slug=slug, user_id=user_id)
        return Standing(row[2], row[0], row[1]) if row else None


def stored_row(columns: Any) -> Row:
    """A Row from (user, name, picture, score, seq, points, achieved) as PostgreSQL gives them."""
    user_id, username, avatar_url, score, seq, points, achieved_at = columns
    return Row(user_id, username, avatar_url, score, seq, Decimal(points), achieved_at)
