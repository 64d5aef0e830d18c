"""Keeps what Redis knows of this process' people true, and hears how many there are in all."""

import asyncio
import time
from collections.abc import Callable, Collection

import structlog
from redis import RedisError

from sse_board.live.delivery.connection import Connection
from sse_board.live.people import People
from sse_board.presence.discretion import Discretion
from sse_board.presence.marks import Marks
from sse_board.presence.rules import SITE, Count
from sse_board.presence.scopes import NoScopes, Scopes, people_by_scope
from sse_board.tasks import until_beat

_log = structlog.get_logger()

#: How soon it is known that somebody came: seconds.
TICK_SECONDS = 1.0
#: How often all who are here are told anew: some may fail before anybody is taken for gone. Seconds.
REFRESH_SECONDS = 5.0
#: Redis that has been told for less than this was emptied since the last time: seconds.
NEW_SECONDS = 2 * TICK_SECONDS


class Keeper:
    """One command to Redis every second, with who came and left; every few seconds with all who are here.

    `on_tick` is called behind each, with whether the count of the site is another.
    """

    def __init__(
        self,
        marks: Marks,
        people: People,
        connections: Callable[[], Collection[Connection]],
        discretion: Discretion,
        scopes: Scopes,
        count: Count,
    ) -> None:
        self.count = count
        self.on_tick: Callable[[bool], None] = lambda _: None
        #: Whether anybody here wants to hear of the count.
        self.is_awaited: Callable[[], bool] = lambda: True
        self._marks = marks
        self._people = people
        self._connections = connections
        self._discretion = discretion
        self._scopes = scopes
        self._scoped: dict[str, set[str]] = {}
        self._withdrawn: set[str] = set()
        self._refresh_at = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            now = time.monotonic()
            if self._has_use(now):
                await self.tick(now)
            await asyncio.sleep(until_beat(TICK_SECONDS))

    def _has_use(self, now: float) -> bool:
        """Where nobody is here and nobody came, and nobody asks, the count need not be so fresh."""
        return bool(now >= self._refresh_at or self._discretion.is_concerned or self.is_awaited())

    async def tick(self, now: float) -> None:
        """`now` is monotonic, in seconds."""
        judged = await self._discretion.judge(self._people.stirred())
        here = self._discretion.shown
        scoped = await self._people_by_scope()
        is_due = now >= self._refresh_at
        try:
            await self._withdraw(judged.withdrawn)
            look = await self._marks.mark(SITE, judged.shown, here - judged.shown if is_due else ())
            await self._mark_scopes(scoped, is_due=is_due)
        except (RedisError, OSError) as error:
            self._lost(error)
            self.on_tick(self.count.lost(len(here), now))
            return
        self._plan(now, is_due=is_due, is_new=look.seconds < NEW_SECONDS)
        self.on_tick(self.count.looked(look, len(here), now))

    def _lost(self, error: Exception) -> None:
        """All are told anew as soon as it can be done."""
        if self._refresh_at:
            _log.warning("presence cannot be told", reason=repr(error))
        self._refresh_at = 0.0

    def _plan(self, now: float, *, is_due: bool, is_new: bool) -> None:
        """Who came just now is all that a Redis knows that was emptied meanwhile."""
        if is_due:
            self._refresh_at = now + REFRESH_SECONDS
        elif is_new:
            self._refresh_at = now

    async def _withdraw(self, people: set[str]) -> None:
        """What fails is done as soon as it can be."""
        self._withdrawn |= people
        for scope in (SITE, *self._scoped) if self._withdrawn else ():
            await self._marks.drop(scope, self._withdrawn)
        self._withdrawn = set()

    # -- scopes beside the site --

    async def _people_by_scope(self) -> dict[str, set[str]]:
        if isinstance(self._scopes, NoScopes):
            return {}
        found = await people_by_scope(self._connections(), self._scopes)
        return {scope: self._discretion.visible(people) for scope, people in found.items()}

    async def _mark_scopes(self, scoped: dict[str, set[str]], *, is_due: bool) -> None:
        """Who came and who left since the last time, or all."""
        for scope in {*self._scoped, *scoped}:
            was, now = self._scoped.get(scope, set()), scoped.get(scope, set())
            fresh = self._still_shown(was - now) | (now - was)
            if fresh or (is_due and now):
                await self._marks.mark(scope, fresh, now - fresh if is_due else ())
        self._scoped = scoped

    def _still_shown(self, left: set[str]) -> set[str]:
        """Who left a scope, and not only because they hide now."""
        return left - self._discretion.hidden
