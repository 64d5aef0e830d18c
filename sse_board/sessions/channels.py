"""The channels of one run: `session:{id}:live`, `session:{id}:competitors`."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from redis import RedisError

from sse_board.clock import Clock
from sse_board.errors import BoardError
from sse_board.live.event import Event
from sse_board.sessions.cards import beside, card
from sse_board.sessions.finding import Finder
from sse_board.sessions.memory import LiveRuns
from sse_board.sessions.metrics import LiveRun, nearest, newer
from sse_board.sessions.shown import competitor, competitors_event, progress_event
from sse_board.web.identity import Identity

#: Others that a run is shown beside.
COMPETITORS = 10

#: Renders a template with what it is given: `Templates.render`.
Paint = Callable[..., str]


def looks(run: LiveRun) -> str:
    """What of a run is told when it changes."""
    return f"{run.id} {run.ended is None} {dict(run.values)} {run.trend}"


class _RunChannels:
    """`session:{id}:…`: anyone may listen to a run that is open, or ended a while ago."""

    windowed = False

    def __init__(self, suffix: str, finder: Finder, clock: Clock, paint: Paint) -> None:
        self._finder = finder
        self._clock = clock
        self._paint = paint
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

    def __init__(self, finder: Finder, clock: Clock, paint: Paint) -> None:
        super().__init__("live", finder, clock, paint)

    async def read(self, channel: str, limit: int) -> LiveRun:
        return await self._finder.find(self.run_of(channel))

    async def read_many(self, before: Mapping[str, LiveRun | None]) -> Mapping[str, LiveRun]:
        """Of these channels those whose state is another now. Many are listened to by one or two."""
        runs = {channel: self.run_of(channel) for channel in before}
        found = await self._finder.find_many(list(runs.values()))
        return changed(before, {channel: found[run_id] for channel, run_id in runs.items() if run_id in found})

    def narrow(self, state: LiveRun, limit: int) -> LiveRun:
        return state

    def newer(self, before: LiveRun, after: LiveRun) -> LiveRun:
        return newer(before, after)

    def snapshot(self, channel: str, state: LiveRun, previous: str | None) -> Sequence[Event]:
        html = partial(self._paint, "fragments/lane_frame.html", card=card(state))
        return [progress_event(channel, state, self._clock(), html)]

    def delta(self, channel: str, before: LiveRun, after: LiveRun) -> Sequence[Event]:
        return self.snapshot(channel, after, None) if after.version != before.version else []

    def version(self, state: LiveRun) -> str:
        return state.version

    def appearance(self, state: LiveRun) -> str:
        return looks(state)


def changed(before: Mapping[str, LiveRun | None], now: Mapping[str, LiveRun]) -> dict[str, LiveRun]:
    """Those that are in another state than they were."""
    return {
        channel: run
        for channel, run in now.items()
        if (known := before.get(channel)) is None or known.version != run.version
    }


def _known(ids: Iterable[str], runs: Mapping[str, LiveRun]) -> list[LiveRun]:
    return [runs[run_id] for run_id in ids if run_id in runs]


class Field(NamedTuple):
    """A run and those it is shown beside; `is_bare` where Redis does not answer."""

    run: LiveRun
    others: tuple[LiveRun, ...] = ()
    is_bare: bool = False


class CompetitorsSource(_RunChannels):
    """The nearest of the same app. Any tick there may change it, so it is read at most once a second."""

    least_seconds = 1.0

    def __init__(self, finder: Finder, live: LiveRuns, clock: Clock, paint: Paint) -> None:
        super().__init__("competitors", finder, clock, paint)
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
        return (await self._fields([run]))[0]

    async def read_many(self, before: Mapping[str, Field | None]) -> Mapping[str, Field]:
        """Of these channels those whose state is another now."""
        found = await self._finder.find_many([self.run_of(channel) for channel in before])
        fields = {self.of(field.run.id): field for field in await self._fields(list(found.values()))}
        return {
            channel: field
            for channel, field in fields.items()
            if (known := before.get(channel)) is None or self.version(known) != self.version(field)
        }

    async def _fields(self, runs: Sequence[LiveRun]) -> list[Field]:
        """Each of the runs with those that stand next to it; one that has ended stands beside nobody."""
        self._apps.update({self.of(run.id): run.app for run in runs})
        live = [(run.app, run.id) for run in runs if run.ended is None]
        try:
            near = dict(zip(live, await self._live.near(live, COMPETITORS), strict=True))
            others = {other for ids in near.values() for other in ids}
            known = {run.id: run for run in await self._finder.find_live(sorted(others))}
        except RedisError:
            return [Field(run, is_bare=True) for run in runs]
        return [
            Field(run, tuple(nearest(run, _known(near.get((run.app, run.id), ()), known), COMPETITORS)))
            for run in runs
        ]

    def narrow(self, state: Field, limit: int) -> Field:
        return state

    def newer(self, before: Field, after: Field) -> Field:
        return before if after.is_bare else after

    def snapshot(self, channel: str, state: Field, previous: str | None) -> Sequence[Event]:
        html = partial(self._paint, "fragments/beside_frame.html", **beside(state.run, state.others))
        return [competitors_event(channel, state.run, state.others, self._clock(), html)]

    def delta(self, channel: str, before: Field, after: Field) -> Sequence[Event]:
        return self.snapshot(channel, after, None) if self.version(before) != self.version(after) else []

    def version(self, state: Field) -> str:
        return str([tuple(competitor(other).values()) for other in state.others])

    def appearance(self, state: Field) -> str:
        return self.version(state)
