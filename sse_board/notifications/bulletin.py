"""What maintenance is to come or goes on, known in every process: pages and polls ask for it without a query."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from sse_board.clock import Clock, iso
from sse_board.errors import BoardError
from sse_board.notifications.maintenance import WINDOWS_LIMIT
from sse_board.notifications.window import Window
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_log = structlog.get_logger()
_queries = Queries("maintenance")

#: How long a change may stay unknown that no event told of, as in a database that was put back: seconds.
LOOK_SECONDS = 60.0
#: Pause before a database that did not answer is asked again: seconds.
RETRY_SECONDS = 1.0
#: How long before it begins a page speaks of it.
NEAR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Banner:
    """One maintenance in words. `left`: how long it is until it begins, or is over."""

    starts_at: str
    ends_at: str
    left: str
    message: str


class Bulletin:
    """Read again when the event log tells of a change, which is read in every process."""

    def __init__(self, postgres: Postgres, clock: Clock) -> None:
        self._postgres = postgres
        self._clock = clock
        self._windows: Sequence[Window] = ()
        self._news = asyncio.Event()

    def stir(self) -> None:
        """Something about maintenance has happened."""
        self._news.set()

    def shown(self) -> list[dict[str, Any]]:
        """What is not over, the next one first, as everybody may see it."""
        now = self._clock()
        return [window.shown(now) for window in self._windows if window.status(now) != "ended"]

    def banner(self) -> Banner | None:
        """What pages show: the one that goes on, or the next one if it is near."""
        now = self._clock()
        for window in self._windows:
            if window.status(now) != "ended" and window.starts_at <= now + NEAR:
                return Banner(iso(window.starts_at), iso(window.ends_at), window.left(now), window.message)
        return None

    async def refresh(self) -> None:
        """Raises Unavailable."""
        rows = await self._postgres.all(_queries.ahead, limit=WINDOWS_LIMIT)
        self._windows = [Window(*row) for row in rows]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._news.clear()
            try:
                await self.refresh()
            except BoardError as error:
                _log.warning("maintenance cannot be read", reason=error.message)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._news.wait()
        except TimeoutError:
            pass
