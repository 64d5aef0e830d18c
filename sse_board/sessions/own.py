"""`user:{id}:progress`: all runs of one player."""

from collections.abc import Mapping, Sequence

from redis import RedisError

from sse_board.clock import Clock
from sse_board.live.event import Event
from sse_board.live.personal import PersonalChannels
from sse_board.sessions.channels import looks
from sse_board.sessions.finding import Finder, bare
from sse_board.sessions.memory import LiveRuns
from sse_board.sessions.metrics import LiveRun, newer
from sse_board.sessions.shown import progress_event
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("sessions")

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
        return (await self.read_many({channel: None}))[channel]

    async def read_many(self, before: Mapping[str, Own | None]) -> Mapping[str, Own]:
        """Of these channels those whose state is another now. Each is its player's own."""
        players = {channel.split(":")[1]: channel for channel in before}
        try:
            found = await self._live_runs(list(players))
        except RedisError:
            found = {
                user_id: await self._open_runs(user_id) for user_id in players if before[players[user_id]] is None
            }
        states = {players[user_id]: {run.id: run for run in runs} for user_id, runs in found.items()}
        return {
            channel: state
            for channel, state in states.items()
            if (known := before[channel]) is None or self.version(known) != self.version(state)
        }

    async def _live_runs(self, user_ids: Sequence[str]) -> dict[str, list[LiveRun]]:
        ids = dict(zip(user_ids, await self._live.of_players(user_ids), strict=True))
        known = {run.id: run for run in await self._finder.find_live([one for of in ids.values() for one in of])}
        return {user_id: [known[one] for one in of if one in known] for user_id, of in ids.items()}

    async def _open_runs(self, user_id: str) -> list[LiveRun]:
        return [bare(row) for row in await self._postgres.all(_queries.open_of_player, user_id=user_id)]

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
        return " ".join(map(looks, state.values()))
