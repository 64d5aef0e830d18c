"""The worker: one is active, others wait for its place."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

import structlog
from redis import RedisError

from sse_board.accounts.housekeeping import tidy
from sse_board.activity.kinds import CHANNELS as FEEDS
from sse_board.activity.publish import LOOK_SECONDS as PUBLISH_SECONDS
from sse_board.admin.forgetting import ConnectionsChore
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.lineage import begin_anew
from sse_board.boards.ranking import Ranking
from sse_board.boards.reader import BoardReader
from sse_board.boards.repair import BoardRepair
from sse_board.boards.samples import SAMPLE_SECONDS, Samples
from sse_board.clock import utc_now
from sse_board.errors import BoardError
from sse_board.live.bus import Bus
from sse_board.live.events.outbox import Outbox
from sse_board.live.events.retention import forget
from sse_board.notifications.housekeeping import tidy as tidy_notifications
from sse_board.notifications.maintenance import Timekeeper
from sse_board.sessions.keeping import run_keeper
from sse_board.settings import Settings
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.stores.redis import channel_name, connect
from sse_board.tasks import keep_up, stop
from sse_board.tournaments.running.told import TELL_SECONDS, StandingsTeller
from sse_board.version import Version
from sse_board.worker.chores import Chore, repeat, trying
from sse_board.worker.following import News, anomaly_follower, awards_follower, follow_forever, publisher

_log = structlog.get_logger()
_queries = Queries("worker")

#: How far Redis may lag behind a commit that nobody folded, at the most: seconds.
COMPARE_SECONDS = 0.5
#: How often what has expired is deleted: seconds.
TIDY_SECONDS = 600.0
#: How often the history of connections is looked through: seconds.
HISTORY_SECONDS = 60.0
#: How late maintenance may be told to begin or to be over, at the most: seconds.
TURN_SECONDS = 0.5
#: How often runs are looked at that fell silent, or ended without a word: seconds.
RUNS_SECONDS = 2.0
#: Pause before a lost database is tried again, and between looks at the active worker's place: seconds.
WAIT_SECONDS = 0.5
#: Connections: the lock's own, one for each follower of the actions, the others for the chores.
POOL_SIZE = 6
#: Connecting for hints may take this long; listening has a deadline of its own: seconds.
HINT_TIMEOUT_SECONDS = 1.0
#: Loading whole boards takes longer than a request may wait, but less than a transaction may idle: seconds.
REDIS_TIMEOUT_SECONDS = 2.5
#: A database that does not answer for so long has lost the worker's place: seconds.
PLACE_SECONDS = 5.0
#: Any fixed number of our own: whoever holds it is the active worker.
ADVISORY_LOCK = 7_355_609


async def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT. Raises what ended the work, if anything but those did."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    working = asyncio.create_task(Worker(settings).run())
    waiting = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    await stop([working, waiting])
    if working in done:
        working.result()


class Worker:
    def __init__(self, settings: Settings) -> None:
        self._postgres = Postgres(settings.database_url, size=POOL_SIZE)
        redis = connect(settings.redis_url, timeout=REDIS_TIMEOUT_SECONDS)
        self._redis = redis
        self._catalog = BoardCatalog(self._postgres)
        ranking = Ranking(redis)
        self._looks = connect(settings.redis_url)
        self._looking = Ranking(self._looks)
        self._reader = BoardReader(self._catalog, ranking, self._postgres)
        self._repair = BoardRepair(self._catalog, ranking, self._postgres, redis, largest=None)
        self._samples = Samples(redis, ranking, utc_now)
        self._news = News()
        hints = connect(settings.redis_url, timeout=HINT_TIMEOUT_SECONDS)
        self._bus = Bus(hints, {ranking.hint_channel("*"): self._news.hint}, self._news.wake)
        self._followers = [
            (build(self._postgres, redis, BoardCatalog(self._postgres)), self._news.listen())
            for build in (anomaly_follower, awards_follower)
        ]
        self._publisher = publisher(self._postgres, redis)
        outbox = Outbox(self._postgres, redis, channel_name(redis, "events"), lambda: None)
        self._timekeeper = Timekeeper(self._postgres, outbox, utc_now)
        self._chores = (
            Chore("repair", COMPARE_SECONDS, self.compare),
            Chore("activity", PUBLISH_SECONDS, self._publisher.publish),
            *(Chore(f"tidy {name}", TIDY_SECONDS, work) for name, work in self._tidying.items()),
            Chore("connections", HISTORY_SECONDS, ConnectionsChore(self._postgres, redis).tidy),
            Chore("samples", SAMPLE_SECONDS, self.sample),
            Chore("maintenance", TURN_SECONDS, self._timekeeper.turn),
            Chore("standings", TELL_SECONDS, StandingsTeller(self._postgres, outbox).tell),
            Chore("runs", RUNS_SECONDS, run_keeper(self._postgres, redis).keep),
        )

    async def run(self) -> None:
        """Never ends by itself; a lost database is waited for."""
        try:
            await self._postgres.open(wait=False)
            while True:
                try:
                    await self._work()
                except BoardError as error:
                    _log.warning("worker waits", reason=repr(error.__cause__ or error))
                await asyncio.sleep(WAIT_SECONDS)
        finally:
            await self._looks.aclose()
            await self._bus.close()
            await self._redis.aclose()
            await self._postgres.close()

    async def _work(self) -> None:
        """Hold the place of the active worker as long as the connection lives."""
        async with self._postgres.connection(seconds=None) as place:
            async with asyncio.timeout(PLACE_SECONDS):
                row = await (await place.execute(_queries.take_place, {"lock": ADVISORY_LOCK})).fetchone()
                if not row or not row[0]:
                    return
                await place.execute(_queries.leave_when_silent)
            _log.info("worker active")
            working = [asyncio.create_task(repeat(chore)) for chore in self._chores]
            working.append(asyncio.create_task(keep_up("hints", self._bus.run)))
            working += [asyncio.create_task(follow_forever(*follower)) for follower in self._followers]
            try:
                await _hold(place)
            finally:
                await stop(working)
                await place.close()  # and with it goes the place

    @property
    def _tidying(self) -> dict[str, Callable[[], Awaitable[object]]]:
        """Each by itself: what cannot be deleted keeps nothing else from it, or that would grow without end."""
        return {
            "accounts": partial(tidy, self._postgres),
            "notifications": partial(tidy_notifications, self._postgres),
            "events": partial(forget, self._postgres, FEEDS),
            "activity": self._publisher.forget,
        }

    async def sample(self) -> None:
        """Remember who stands where, for whoever wants to know in an hour."""
        await self._catalog.refresh()
        for board in tuple(self._catalog):
            await trying(f"sample of {board.slug}", self._samples.take(board))

    async def compare(self) -> None:
        """Bring every board level that Redis does not hold as PostgreSQL does."""
        await self._catalog.refresh()
        stored = await self._reader.stored_versions()
        slugs = list(stored)
        known = await self._folded_versions(slugs)
        for slug, version in zip(slugs, known, strict=True):
            if version is None or version < stored[slug]:
                await trying(f"repair of {slug}", self._repair.catch_up(slug))
        ahead = {slug: version for slug, version in zip(slugs, known, strict=True) if version}
        await self._begin_anew({slug: version for slug, version in ahead.items() if version > stored[slug]})

    async def _begin_anew(self, ahead: Mapping[str, Version]) -> None:
        """Redis is ahead of what was read before it; and if it is still, PostgreSQL was put back."""
        stored = await self._reader.stored_versions() if ahead else {}
        for slug, shown in ahead.items():
            if shown > stored[slug]:
                _log.warning("database was put back", board=slug, shown=str(shown), stored=str(stored[slug]))
                await begin_anew(self._postgres, slug, shown)

    async def _folded_versions(self, slugs: Sequence[str]) -> list[Version | None]:
        """Where a look fails, the patient client's idle connections go too: they would be silent for longer."""
        try:
            return await self._looking.versions(slugs)
        except RedisError:
            await self._redis.connection_pool.disconnect(inuse_connections=False)
            raise


async def _hold(place: Connection) -> None:
    """Raises when the place is lost: from then on another worker may be the active one."""
    while True:
        async with asyncio.timeout(PLACE_SECONDS):
            await place.execute(_queries.still_there)
        await asyncio.sleep(WAIT_SECONDS)
