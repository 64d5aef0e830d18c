"""What every process must know at once: ended logins, older generations, users that changed."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TypeVar

import structlog

from sse_board.clock import Clock
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tasks import stop, until_beat
from sse_board.web.identity import Identity

#: Half of the second within which every process refuses a revoked token; the query takes the rest.
POLL_SECONDS = 0.5
#: A database that accepts and never answers must not stop the polling for good: seconds.
POLL_DEADLINE_SECONDS = 5.0
#: A row gets its time before it commits; no transaction of ours stays open this long after writing one.
OVERLAP = timedelta(seconds=10)
#: A stream token lives 12 h; an hour on top for clocks that differ.
KEPT = timedelta(hours=13)

_log = structlog.get_logger()

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Revocation:
    """A login that ended, or the least generation that still counts, or only that the user changed."""

    user_id: str
    login_id: str | None = None
    generation: int | None = None


class Revocations:
    """Polls PostgreSQL; a process that revokes something itself tells with `apply` and needs not wait."""

    def __init__(self, postgres: Postgres, clock: Clock) -> None:
        self._postgres = postgres
        self._clock = clock
        self._queries = Queries("accounts")
        self._ended: dict[str, datetime] = {}
        self._generations: dict[str, tuple[int, datetime]] = {}
        self._seen: frozenset[int] = frozenset()
        self._since: datetime | None = None
        self._watchers: list[Callable[[str], None]] = []
        self._task: asyncio.Task[None] | None = None

    def watch(self, on_user_change: Callable[[str], None]) -> None:
        """Call this with the user's id after each change; it may be told of one change twice."""
        self._watchers.append(on_user_change)

    def is_live(self, identity: Identity) -> bool:
        if identity.login_id in self._ended:
            return False
        least = self._generations.get(identity.user_id)
        return least is None or identity.generation >= least[0]

    def apply(self, revocations: Iterable[Revocation]) -> None:
        """Make these count here at once; call it after their commit."""
        changes = list(revocations)
        for change in changes:
            self._hold(change)
        for user_id in {change.user_id for change in changes}:
            for watcher in self._watchers:
                watcher(user_id)

    def _hold(self, change: Revocation) -> None:
        now = self._clock()
        if change.login_id is not None:
            self._ended.setdefault(change.login_id, now)
        if change.generation is not None:
            least, _ = self._generations.pop(change.user_id, (0, now))
            self._generations[change.user_id] = (max(least, change.generation), now)

    async def start(self) -> None:
        """Read what still counts, then go on. Raises Unavailable: no token may be trusted without it."""
        await self.poll()
        self._task = asyncio.create_task(self._keep_polling(), name="revocations")

    async def stop(self) -> None:
        if self._task is not None:
            await stop([self._task])

    async def _keep_polling(self) -> None:
        failing = False
        while True:
            await asyncio.sleep(until_beat(POLL_SECONDS))
            try:
                async with asyncio.timeout(POLL_DEADLINE_SECONDS):
                    await self.poll()
                failing = False
            except Exception as error:
                if not failing:
                    _log.warning("revocations cannot be read", error=repr(error))
                failing = True

    async def poll(self) -> None:
        """Read once what was written since the last time, less the overlap."""
        rows = await self._postgres.all(self._queries.recent_revocations, since=self._since, kept=KEPT)
        fresh = [Revocation(*row[2:]) for row in rows if row[0] not in self._seen]
        self._seen = frozenset(row[0] for row in rows)
        if rows:
            self._since = max(row[1] for row in rows) - OVERLAP
        self._drop_old()
        self.apply(fresh)

    def _drop_old(self) -> None:
        oldest = self._clock() - KEPT
        _drop_until(oldest, self._ended, lambda at: at)
        _drop_until(oldest, self._generations, lambda least: least[1])


def _drop_until(oldest: datetime, held: dict[str, V], time_of: Callable[[V], datetime]) -> None:
    """Held in the order in which they came, so the old ones stand in front."""
    expired = list(takewhile(lambda item: time_of(item[1]) <= oldest, held.items()))
    for key, _ in expired:
        del held[key]
