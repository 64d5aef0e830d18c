"""Where everything is wired together: the only place that knows all rooms."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from sse_starlette.sse import AppStatus
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from sse_board.accounts.room import Accounts, build_accounts
from sse_board.achievements.room import achievement_logs, achievement_routes
from sse_board.admin.room import admin_routes
from sse_board.boards.api import LEADERBOARD, BoardsApi
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.channels import PREFIX, LeaderboardSource
from sse_board.boards.commits import BoardFolder, ProfileChanges
from sse_board.boards.pages import BoardPages
from sse_board.boards.ranking import Ranking
from sse_board.boards.reader import BoardReader
from sse_board.boards.repair import BoardRepair
from sse_board.boards.samples import Samples, Velocities
from sse_board.boards.tags import Tags
from sse_board.boards.unchanged import BoardResource
from sse_board.boards.watch import BoardWatch
from sse_board.clock import utc_now
from sse_board.errors import BoardError
from sse_board.live.bus import Bus
from sse_board.live.channels import Channels
from sse_board.live.room import Live
from sse_board.me.room import me_routes
from sse_board.metrics.api import MetricsApi
from sse_board.metrics.collector import Counted
from sse_board.notifications.alerts import alert_admins
from sse_board.notifications.room import Notifications
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.finishes import Finishes
from sse_board.scores.room import Scores, build_scores
from sse_board.scores.watch import Personal
from sse_board.sessions.room import Sessions, build_sessions
from sse_board.settings import Settings
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect, pulse_of
from sse_board.tasks import keep_up, stop
from sse_board.web.direct import Direct
from sse_board.web.errors import answer_error, exception_handlers
from sse_board.web.health import Health
from sse_board.web.limits import RequestCount
from sse_board.web.openapi import OpenApi
from sse_board.web.requestcounts import RequestCounts
from sse_board.web.shortcut import Shortcut
from sse_board.web.stack import middleware
from sse_board.web.static import static_routes
from sse_board.web.templates import Templates

_log = structlog.get_logger()

#: How soon a board or action type made by another process is known here: seconds.
CATALOG_SECONDS = 0.5
#: Connecting for hints may take this long; listening has a deadline of its own: seconds.
HINT_TIMEOUT_SECONDS = 1.0


class Service:
    """All parts of one web process, built but not started."""

    def __init__(self, settings: Settings, index: int = 0) -> None:
        self.settings = settings
        self.postgres = Postgres(settings.database_url)
        self.redis_pulse = pulse_of(settings.redis_url)
        self.redis = connect(settings.redis_url, pulse=self.redis_pulse)
        self.notifications = Notifications(self.postgres)
        self.templates = Templates(maintenance=self.notifications.bulletin.banner)
        self._build_boards()
        unread = self.notifications.inbox.unread
        self.accounts: Accounts = build_accounts(
            settings, self.postgres, self.redis, self.templates, self.profiles.apply, unread=unread
        )
        self._build_live()
        self._build_scores()
        self.health = Health([self.postgres.pulse, self.redis_pulse])
        self._build_metrics(index)

    def _build_boards(self) -> None:
        self.boards = BoardCatalog(self.postgres)
        self.types = ActionCatalog(self.postgres)
        self.ranking = Ranking(self.redis)
        self.velocities = Velocities(self.boards, Samples(self.redis, self.ranking, utc_now))
        self.reader = BoardReader(self.boards, self.ranking, self.postgres, self.velocities.past)
        self.repair = BoardRepair(self.boards, self.ranking, self.postgres, self.redis)
        self.profiles = ProfileChanges(self.postgres, self.repair)
        self.watch = BoardWatch(self.reader, lambda: self.boards.last_commit)

    def _build_live(self) -> None:
        settings, authenticator = self.settings, self.accounts.authentication
        self.personal = Personal(self.boards, self.reader, utc_now, self.accounts.viewers.name)
        leaderboards = LeaderboardSource(self.boards, self.reader, self.templates, utc_now)
        self.sessions: Sessions = build_sessions(
            self.postgres, self.redis, authenticator, lambda: self.types.apps, utc_now
        )
        self.live = Live(
            settings,
            self.postgres,
            self.redis,
            authenticator,
            Channels(
                [leaderboards, self.personal.scores, self.personal.ranks, *self.sessions.sources],
                [*self.notifications.logs, *achievement_logs(self.templates)],
            ),
            self.notifications.receipts.heard,
        )
        self.accounts.revocations.watch(self.live.lifetimes.user_changed)
        self.tags = Tags(self.templates.build, self.live.pace)
        self.run_watch = self.sessions.watch(self.live.feed)
        self.bus = Bus(
            connect(settings.redis_url, timeout=HINT_TIMEOUT_SECONDS),
            {
                self.ranking.hint_channel("*"): self.watch.hint,
                **self.live.hints,
                self.sessions.hints: self.run_watch.hint,
            },
            self._resync,
        )
        feed = self.live.feed
        self.personal.watch(self.watch, feed)
        self.watch.listen(lambda slug, version, users: feed.changed(PREFIX + slug))

    def _build_scores(self) -> None:
        finishes = Finishes(
            self.types,
            self.sessions.finder.evidence,
            self.sessions.runs.tell_ended,
            self.live.outbox.writing,
            alert_admins,
        )
        self.scores: Scores = build_scores(
            self.settings,
            self.postgres.pulse,
            self.boards,
            self.types,
            BoardFolder(self.ranking, self.repair),
            self.accounts.authentication,
            self.accounts.action_keys.verify,
            finishes,
        )

    def _build_metrics(self, index: int) -> None:
        self.requests = RequestCounts()
        self.counted = Counted(
            self.live.counts,
            self.requests,
            self.scores.counts,
            self.reader.seconds,
            lambda: self.live.log.position,
            self.templates.build,
            index,
        )
        self.metrics = MetricsApi(self.counted, self.health.stores, self.accounts.authentication)

    def _resync(self) -> None:
        self.personal.forget()
        self.watch.stir()
        self.live.resync()

    def routes(self) -> list[BaseRoute]:
        authenticator = self.accounts.authentication
        return [
            *BoardPages(self.boards, self.reader, self.templates, self.accounts.viewers.viewer).routes(),
            *BoardsApi(self.boards, self.reader, authenticator, self.templates, self.tags).routes(),
            *self.scores.routes,
            *self.sessions.routes,
            *self.live.routes(),
            *achievement_routes(
                self.postgres,
                authenticator,
                self.boards,
                self.types,
                self.reader,
                self.templates,
                self.accounts.viewers.viewer,
            ),
            *self.notifications.routes(authenticator, self.live.outbox),
            *admin_routes(self.postgres, authenticator, self.boards, self.types, self.repair),
            *self.accounts.routes,
            *me_routes(self.templates, self.accounts, self.notifications),
            *self.health.routes(),
            *self.metrics.routes(),
            *OpenApi().routes(),
            *static_routes(self.templates.build),
        ]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the stores, start what runs in the background, and stop it all in the other order."""
        await self.postgres.open()
        self.redis_pulse.start()
        await self._refresh_catalogs()
        await self.accounts.start()
        await self.notifications.start()
        await self.scores.start()
        await self.live.start()
        await self.watch.sweep()
        tasks = [
            asyncio.create_task(keep_up(name, work))
            for name, work in {
                **self.scores.work,
                **self.live.work,
                **self.notifications.work,
                "competitors": self.run_watch.compare_forever,
                "bus": self.bus.run,
                "sweep": self.watch.sweep_forever,
                "catalogs": self._refresh_forever,
                "velocities": self.velocities.run,
            }.items()
        ]
        self.counted.memory.begin()
        self.health.ready = True
        try:
            yield
        finally:
            self.health.ready = False
            await stop(tasks)
            await self.notifications.stop()
            await self.scores.stop()
            await self.accounts.stop()
            await self.bus.close()
            await self.redis_pulse.stop()
            await self.redis.aclose()
            await self.postgres.close()

    async def _refresh_catalogs(self) -> None:
        await self.boards.refresh()
        if self.types.version != self.boards.version:  # there is one version of both
            await self.types.refresh()

    async def _refresh_forever(self) -> None:
        while True:
            await asyncio.sleep(CATALOG_SECONDS)
            try:
                await self._refresh_catalogs()
            except BoardError as error:
                _log.warning("catalogues cannot be read", reason=error.message)

    async def drain(self, seconds: float) -> None:
        """Not ready any more; the streams end, spread over `seconds`."""
        self.health.ready = False
        await self.live.drain(seconds)


@dataclass(frozen=True, slots=True)
class Application:
    """What a web server runs, what it tells on another port, and how its streams end before a shutdown."""

    asgi: ASGIApp
    metrics: ASGIApp
    drain: Callable[[float], Coroutine[Any, Any, None]]


def create_app(settings: Settings, index: int = 0) -> Application:
    """`index`: which of the web processes this is, from 0."""
    AppStatus.enable_automatic_graceful_drain = False  # our hub ends streams; see D9
    service = Service(settings, index)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with service.running():
            yield

    counts, count = service.requests, RequestCount(settings.requests_per_minute, service.sessions.limits_itself)
    answer = answer_error(service.templates, counts.errors)
    authenticator = service.accounts.authentication
    app = Starlette(
        routes=service.routes(),
        lifespan=lifespan,
        exception_handlers=exception_handlers(answer),
        middleware=[*middleware(settings, authenticator, answer, counts, count), *service.accounts.middleware],
    )
    app.router.redirect_slashes = False  # one address for each thing, and none that is made from a Host header
    front: ASGIApp = Shortcut(
        app,
        resources={LEADERBOARD: BoardResource(service.boards, service.reader, service.tags)},
        authenticator=authenticator,
        count=count,
        counts=counts,
    )
    front = Direct(
        front,
        handlers=service.scores.handlers,
        named=[service.sessions.named],
        authenticator=authenticator,
        count=count,
        counts=counts,
    )
    return Application(front, service.metrics.bare, service.drain)
