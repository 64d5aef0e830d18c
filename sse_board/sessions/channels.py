"""The channels of runs: `session:{id}:live`, `session:{id}:competitors`, `user:{id}:progress`."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from redis import RedisError

from sse_board.clock import Clock
from sse_board.errors import BoardError
from sse_board.live.event import Event
from sse_board.live.personal import PersonalChannels
from sse_board.sessions.finding import Finder, bare
from sse_board.sessions.memory import LiveRuns
from sse_board.sessions.metrics import LiveRun, nearest, newer
from sse_board.sessions.shown import competitor, competitors_event, progress_event
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Identity

_queries = Queries("sessions")

#: Others that a run is shown beside.
COMPETITORS = 10


def _looks(run: LiveRun) -> str:
    return f"{run.id} {run.ended is None} {dict(run.values)} {run.trend}"


class _RunChannels:
    """`session:{id}:…`: anyone may listen to a run that is open, or ended a while ago."""

    windowed = False

    def __init__(self, suffix: str, finder: Finder, clock: Clock) -> None:
        self._finder = finder
        self._clock = clock
        self._suffix = suffix
        self._form = re.compile(rf"session:([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}):{suffix}")

    def of(self, run_id: str) -> str:
        """The run's channel."""
        return f"session:{run_id}:{self._suffix}"

    def run_of(self, channel: str) -> str:
        found = self._form.fullmatch(channel)
        assert found is not None
        return found[1]

    def owns(self, channel: str) -> bool:
        return self._form.fullmatch(channel) is not None

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        try:
            await self._finder.find_shown(self.run_of(channel))
        except BoardError as error:
            return error
        return None

    def is_private(self, channel: str) -> bool:
        return False


class LiveSource(_RunChannels):
    """How one run goes."""

    least_seconds = 0.0

    def __init__(self, finder: Finder, clock: Clock) -> None:
        super().__init__("live", finder, clock)

    async def read(self, channel: str, limit: int) -> LiveRun:
        return await self._finder.find(self.run_of(channel))

    def narrow(self, state: LiveRun, limit: int) -> LiveRun:
        return state

    def newer(self, before: LiveRun, after: LiveRun) -> LiveRun:
        return newer(before, after)

    def snapshot(self, channel: str, state: LiveRun, previous: str | None) -> Sequence[Event]:
        return [progress_event(channel, state, self._clock())]

    def delta(self, channel: str, before: LiveRun, after: LiveRun) -> Sequence[Event]:
        return self.snapshot(channel, after, None) if after.version != before.version else []

    def version(self, state: LiveRun) -> str:
        return state.version

    def appearance(self, state: LiveRun) -> str:
        return _looks(state)


class Field(NamedTuple):
    """A run and those it is shown beside; `is_bare` where Redis does not answer."""

    run: LiveRun
    others: tuple[LiveRun, ...] = ()
    is_bare: bool = False


class CompetitorsSource(_RunChannels):
    """The nearest of the same app. Any tick there may change it, so it is read at most once a second."""

    least_seconds = 1.0

    def __init__(self, finder: Finder, live: LiveRuns, clock: Clock) -> None:
        super().__init__("competitors", finder, clock)
        self._live = live
        self._apps: dict[str, str] = {}

    def app_of(self, channel: str) -> str | None:
        """None before it was read."""
        return self._apps.get(channel)

    def keep(self, channels: Iterable[str]) -> None:
        """Nobody listens to any others."""
        self._apps = {channel: self._apps[channel] for channel in channels if channel in self._apps}

    async def read(self, channel: str, limit: int) -> Field:
        run = await self._finder.find(self.run_of(channel))
        self._apps[channel] = run.app
        if run.ended is not None:
            return Field(run)
        try:
            ids = await self._live.near(run.app, run.id, COMPETITORS)
            others = await self._finder.find_all([other for other in ids if other != run.id])
        except RedisError:
            return Field(run, is_bare=True)
        return Field(run, tuple(nearest(run, others, COMPETITORS)))

    def narrow(self, state: Field, limit: int) -> Field:
        return state

    def newer(self, before: Field, after: Field) -> Field:
        return before if after.is_bare else after

    def snapshot(self, channel: str, state: Field, previous: str | None) -> Sequence[Event]:
        return [competitors_event(channel, state.run, state.others, self._clock())]

    def delta(self, channel: str, before: Field, after: Field) -> Sequence[Event]:
        return self.snapshot(channel, after, None) if self.version(before) != self.version(after) else []

    def version(self, state: Field) -> str:
        return str([tuple(competitor(other).values()) for other in state.others])

    def appearance(self, state: Field) -> str:
        return self.version(state)


#: A player's runs by id, the newest first.
Own = dict[str, LiveRun]


class OwnProgressSource(PersonalChannels):
    """All runs of one player. The first picture has those that are live, or the last one that was."""

    windowed = False
    least_seconds = 0.0

    def __init__(self, finder: Finder, live: LiveRuns, postgres: Postgres, clock: Clock) -> None:
        super().__init__("progress")
        self._finder = finder
        self._live = live
        self._postgres = postgres
        self._clock = clock

    async def read(self, channel: str, limit: int) -> Own:
        user_id = channel.split(":")[1]
        try:
            runs = await self._finder.find_all(await self._live.of_player(user_id))
        except RedisError:
            runs = [bare(row) for row in await self._postgres.all(_queries.open_of_player, user_id=user_id)]
        return {run.id: run for run in runs}

    def narrow(self, state: Own, limit: int) -> Own:
        return state

    def newer(self, before: Own, after: Own) -> Own:
        """Without Redis nothing is known of those that have ended."""
        kept = {} if after and not any(run.is_bare for run in after.values()) else before
        return {**kept, **{key: newer(before.get(key, run), run) for key, run in after.items()}}

    def snapshot(self, channel: str, state: Own, previous: str | None) -> Sequence[Event]:
        live = [run for run in state.values() if run.ended is None]
        shown = live or list(state.values())[:1]
        return [progress_event(channel, run, self._clock()) for run in shown]

    def delta(self, channel: str, before: Own, after: Own) -> Sequence[Event]:
        return [
            progress_event(channel, run, self._clock())
            for key, run in after.items()
            if key not in before or before[key].version != run.version
        ]

    def version(self, state: Own) -> str:
        return " ".join(f"{key}:{run.version}" for key, run in state.items())

    def appearance(self, state: Own) -> str:
        return " ".join(map(_looks, state.values()))
