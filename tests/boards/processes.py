"""A web process as far as boards go, one that dies behind its commit, and a rebuild that goes step by step."""

import asyncio
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from sse_board.admin.boards import BoardAdministration
from sse_board.admin.voiding import Voiding
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.commits import BoardCommit, BoardFolder, ProfileChanges
from sse_board.boards.ranking import Ranking
from sse_board.boards.reader import BoardReader
from sse_board.boards.repair import BoardRepair
from sse_board.errors import Unavailable
from sse_board.scores.batch import Batches
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.plan import Rules
from sse_board.scores.refusals import Refusals
from sse_board.stores.postgres import Postgres
from sse_board.tasks import stop
from sse_board.version import Version


class Dead(BoardRepair):
    """That of a process which dies behind its commit."""

    async def catch_up(self, slug: str) -> bool:
        raise Unavailable("The process is gone.")


class Stepping(Ranking):
    """Waits for permission before each thing that a rebuild does to Redis."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(redis)
        self._waits, self._may = asyncio.Event(), asyncio.Event()

    async def step(self, rebuild: "asyncio.Task[bool]") -> None:
        """Let it do one thing; returns when it waits again, or has ended."""
        self._waits.clear()
        self._may.set()
        waiting = asyncio.create_task(self._waits.wait())
        await asyncio.wait({waiting, rebuild}, return_when=asyncio.FIRST_COMPLETED)
        await stop([waiting])

    async def _permission(self) -> None:
        self._may.clear()
        self._waits.set()
        await self._may.wait()

    async def load(self, *given: Any) -> None:
        await self._permission()
        await super().load(*given)

    async def swap(self, *given: Any) -> bool:
        await self._permission()
        return await super().swap(*given)


class Process:
    """What a web process does with boards. `behind` commits were not folded yet."""

    def __init__(self, postgres: Postgres, ranking: Ranking, redis: Redis) -> None:
        self._redis, self._postgres = redis, postgres
        self.catalog, self.types = BoardCatalog(postgres), ActionCatalog(postgres)
        self.reader = BoardReader(self.catalog, ranking, postgres)
        self.repair = BoardRepair(self.catalog, ranking, postgres, redis)
        self.folder = BoardFolder(ranking, self.repair)
        self.edits = BoardAdministration(postgres, self.catalog)
        rules = Rules(self.types.find, self.catalog.find, 10**6, timedelta())
        self.batches = Batches(postgres, self.catalog, self.types, rules, Refusals())
        self._dead = Dead(self.catalog, ranking, postgres, redis)
        self.behind: list[BoardCommit] = []
        self.seen: dict[str, Version] = {}

    async def refresh(self) -> None:
        await self.catalog.refresh()
        await self.types.refresh()

    def voiding(self, survives: bool) -> Voiding:
        return Voiding(self._postgres, self.catalog, self.repair if survives else self._dead)

    def profiles(self, survives: bool) -> ProfileChanges:
        return ProfileChanges(self._postgres, self.repair if survives else self._dead)

    def rebuilding(self, ranking: Ranking) -> BoardRepair:
        """Another one, so that nobody who only folds waits for a rebuild that waits for us."""
        return BoardRepair(self.catalog, ranking, self._postgres, self._redis)
