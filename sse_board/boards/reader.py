"""Reading boards: from Redis, and from PostgreSQL when Redis cannot answer."""

import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import structlog
from redis import RedisError

from sse_board.boards.board import Board, Place, Places, Row, Standing, Window
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.ranking import Ranking
from sse_board.boards.rules import ranked
from sse_board.boards.velocity import Sample
from sse_board.errors import NotFound, Unavailable
from sse_board.shared_reads import SharedReads
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tally import Tally
from sse_board.version import Version

_log = structlog.get_logger()
_queries = Queries("boards")

#: A player may move between the look for their place and the look around it; not so often in a row.
AROUND_TRIES = 3
#: After Redis failed to tell a version it is not asked for one for so long: those who want to know go on to read
#: the board, and should not wait for a silent Redis twice. Seconds.
SILENCE_SECONDS = 1.0


class BoardReader:
    """Both stores give the same rows under the same version; only movement is known to Redis alone."""

    def __init__(
        self,
        catalog: BoardCatalog,
        ranking: Ranking,
        postgres: Postgres,
        past: Callable[[str], Sample | None] = lambda slug: None,
    ) -> None:
        """`past`: how a board was an hour ago, if that is known."""
        self._catalog = catalog
        self._ranking = ranking
        self._postgres = postgres
        self._past = past
        self._windows: SharedReads[Window] = SharedReads()
        self._versions: SharedReads[bytes | None] = SharedReads()
        self._silent_until = 0.0
        self._shown: dict[str, Version] = {}
        #: How long windows took, by the store that was asked.
        self.seconds = {"redis": Tally(), "postgres": Tally()}

    async def window(self, slug: str, limit: int, offset: int = 0) -> Window:
        """Raises NotFound for an unknown board, Unavailable when neither store answers."""
        board = await self._catalog.require(slug)
        return await self._windows.get((slug, limit, offset), lambda: self._window(board, limit, offset))

    async def _window(self, board: Board, limit: int, offset: int) -> Window:
        """Never older than one from here before: where Redis is behind that, PostgreSQL is asked."""
        window = await self._folded_window(board, limit, offset)
        if window is None:
            window = await self.stored_window(board.slug, limit, offset)
        elif window.version < self._shown.get(board.slug, window.version):
            with contextlib.suppress(Unavailable):  # an old board is better than none
                window = await self.stored_window(board.slug, limit, offset)
        self._shown[board.slug] = max(window.version, self._shown.get(board.slug, window.version))
        past = self._past(board.slug)
        return replace(window, past=past) if past else window

    async def _folded_window(self, board: Board, limit: int, offset: int) -> Window | None:
        try:
            return await self.seconds["redis"].timed(self._ranking.read(board, offset, limit))
        except RedisError as error:
            _log.warning("board read from PostgreSQL", board=board.slug, reason=repr(error))
            return None

    async def around(self, slug: str, user_id: str, radius: int) -> Window:
        """The window around a player. Raises NotFound for who is not on the board."""
        board = await self._catalog.require(slug)
        for _ in range(AROUND_TRIES):
            (place,) = await self.places([board], user_id)
            if place.standing is None:
                break
            offset = max(0, place.standing.position - 1 - radius)
            window = await self.window(slug, place.standing.position + radius - offset, offset)
            if any(entry.user_id == user_id for entry in window.entries):
                return window
        raise NotFound("That player is not on this board.", details={"around": user_id})

    async def places(self, boards: Sequence[Board], user_id: str) -> list[Place]:
        """Where one player stands on each of these boards."""
        try:
            found = await self._ranking.find(boards, user_id)
        except RedisError:
            found = [None] * len(boards)
        return [
            place or await self.stored_place(board.slug, user_id)
            for board, place in zip(boards, found, strict=True)
        ]

    async def standings(
        self, asked: Mapping[Board, Sequence[str]], known: Mapping[str, Version]
    ) -> dict[str, Places]:
        """Where these players of each board stand, by slug: Redis is asked once for all, PostgreSQL once for a
        board that Redis does not have, or not as new as is `known`. Raises Unavailable."""
        try:
            found = await self._ranking.find_many(asked)
        except RedisError:
            found = [None] * len(asked)
        return {
            board.slug: await self._newest(board, users, places, known.get(board.slug))
            for (board, users), places in zip(asked.items(), found, strict=True)
        }

    async def _newest(
        self, board: Board, users: Sequence[str], found: Places | None, known: Version | None
    ) -> Places:
        if found is None:
            return await self.stored_standings(board.slug, users)
        if known is not None and found.version < known:
            with contextlib.suppress(Unavailable):  # an old place is better than none
                return await self.stored_standings(board.slug, users)
        return found

    def version(self, board: Board) -> Awaitable[bytes | None] | None:
        """The name of the version, read from now on; None when Redis cannot tell, or has another epoch."""
        if time.monotonic() < self._silent_until:
            return None
        return self._versions.ask((board.slug, board.epoch), partial(self._version, board))

    async def _version(self, board: Board) -> bytes | None:
        try:
            version = await self._ranking.version(board.slug)
        except RedisError:
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            return None
        return str(version).encode() if version and version.epoch == board.epoch else None

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

    async def stored_window(self, slug: str, limit: int, offset: int) -> Window:
        """From PostgreSQL, by the rules that belong to the version, whatever this process knows of the board."""
        look = self._postgres.all(_queries.window, slug=slug, offset=offset, limit=limit)
        found = await self.seconds["postgres"].timed(look)
        board = Board(*found[0][:8])
        seq, total, updated_at = found[0][8:11]
        rows = [stored_row(row[11:18]) for row in found if row[11] is not None]
        entries = ranked(board, rows, offset=offset, first_rank=found[0][18] or offset + 1)
        return Window(board, Version(board.epoch, seq), entries, total, limit, offset, updated_at)

    async def stored_place(self, slug: str, user_id: str) -> Place:
        row = await self._postgres.one(_queries.standing, slug=slug, user_id=user_id)
        assert row is not None
        epoch, seq, score, points, shared_rank, position, ties = row
        rank = shared_rank if ties == "shared" else position
        return Place(Version(epoch, seq), None if score is None else Standing(rank, position, score, points))

    async def stored_standings(self, slug: str, users: Sequence[str]) -> Places:
        """One pass over the board, however many they are."""
        rows = await self._postgres.all(_queries.standings, slug=slug, users=list(users))
        epoch, seq, ties = rows[0][:3]
        standings = {
            user_id: Standing(shared_rank if ties == "shared" else position, position, score, Decimal(points))
            for *_, user_id, score, points, shared_rank, position in rows
            if user_id is not None
        }
        return Places(Version(epoch, seq), standings)


def stored_row(columns: Any) -> Row:
    """A Row from (user, name, picture, score, seq, points, achieved) as PostgreSQL gives them."""
    user_id, username, avatar_url, score, seq, points, achieved_at = columns
    return Row(user_id, username, avatar_url, score, seq, Decimal(points), achieved_at)
