"""Where everything is wired together: the only place that knows all rooms."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

import structlog
from starlette.routing import BaseRoute

from sse_board.accounts.room import Accounts, build_accounts
from sse_board.achievements.room import achievement_logs, achievement_routes
from sse_board.admin.room import admin_pages, admin_routes
from sse_board.admin.vitals import Numbers
from sse_board.admin.watching import Watching
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.channels import PREFIX, LeaderboardSource
from sse_board.boards.commits import BoardFolder, ProfileChanges
from sse_board.boards.ranking import Ranking
from sse_board.boards.reader import BoardReader
from sse_board.boards.repair import BoardRepair
from sse_board.boards.room import board_routes
from sse_board.boards.samples import Samples, Velocities
from sse_board.boards.tags import Tags
from sse_board.boards.watch import BoardWatch
from sse_board.clock import utc_now
from sse_board.errors import BoardError
from sse_board.live.bus import Bus
from sse_board.live.channels import Channels
from sse_board.live.room import Live
from sse_board.live.source import StateSource
from sse_board.me.room import me_routes
from sse_board.metrics.api import MetricsApi
from sse_board.metrics.collector import Counted
from sse_board.notifications.alerts import alert_admins
from sse_board.notifications.preferences import hidden
from sse_board.notifications.room import Notifications
from sse_board.players.room import player_pages
from sse_board.presence.room import Presence
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.finishes import Finishes
from sse_board.scores.room import Scores, build_scores
from sse_board.scores.watch import Personal
from sse_board.sessions.room import Sessions, build_sessions
from sse_board.settings import Settings
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect, pulse_of
from sse_board.tasks import keep_up, stop, until_beat
from sse_board.tournaments.api.exchange import IMPORT, IMPORT_LIMIT
from sse_board.tournaments.pages.overview_page import IMPORT_FORM, IMPORT_FORM_LIMIT
from sse_board.tournaments.pages.room import tournament_pages
from sse_board.tournaments.running.room import build_organising, organising_routes
from sse_board.tournaments.showing.room import Showing
from sse_board.web.health import Health
from sse_board.web.openapi import OpenApi
from sse_board.web.requestcounts import RequestCounts
from sse_board.web.static import static_routes
from sse_board.web.templates import Templates
from sse_board.web.walls import Walls

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
        self.templates = Templates(lambda: self.live.log.cursor, maintenance=self.notifications.bulletin.banner)
        self._build_boards()
        unread = self.notifications.inbox.unread
        self.accounts: Accounts = build_accounts(
            settings, self.postgres, self.redis, self.templates, self.profiles.apply, unread=unread
        )
        self._build_live()
        self._build_scores()
        self.health = Health([self.postgres.pulse, self.redis_pulse])
        self._build_metrics(index)
        self.large_bodies = {IMPORT: IMPORT_LIMIT, IMPORT_FORM: IMPORT_FORM_LIMIT}

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
        self.tournaments = Showing(self.postgres, self.redis, self.templates, utc_now)
        self.presence = Presence(self.postgres, self.redis, utc_now, self.tournaments.scopes)
        self.watching = Watching(self.postgres, utc_now)
        self.sessions: Sessions = build_sessions(
            self.postgres, self.redis, authenticator, lambda: self.types.apps, utc_now, self.templates.render
        )
        others: list[StateSource] = [*self.sessions.sources, *self.presence.sources, *self.watching.sources]
        others += self.tournaments.sources
        self.live = Live(
            settings,
            self.postgres,
            self.redis,
            authenticator,
            Channels(
                [leaderboards, self.personal.scores, self.personal.ranks, *others],
                [*self.notifications.logs, *achievement_logs(self.templates), *self.tournaments.logs],
            ),
            self.notifications.receipts.heard,
            self.templates.build,
        )
        self.presence.attach(self.live, partial(hidden, self.postgres))
        self.tournaments.attach(self.live)
        self.organising = build_organising(
            self.postgres, self.live.outbox, self.redis, utc_now, lambda: str(uuid4())
        )
        self.accounts.revocations.watch(self.presence.discretion.reconsider)
        self.accounts.revocations.watch(self.live.lifetimes.user_changed)
        self.tags = Tags(self.templates.build, self.live.pace)
        self.run_watch = self.sessions.watch(self.live.feed)
        self.bus = Bus(
            connect(settings.redis_url, timeout=HINT_TIMEOUT_SECONDS),
            {
                self.ranking.hint_channel("*"): self.watch.hint,
                **self.live.hints,
                self.sessions.hints: self.run_watch.hint,
                **self.tournaments.hints,
            },
            self._resync,
        )
        feed = self.live.feed
        self.personal.watch(self.watch, feed)
        self.watch.listen(lambda slug, version, users: feed.changed(PREFIX + slug))

    def _build_scores(self) -> None:
        evidence, tell_ended = self.sessions.finder.evidence, self.sessions.runs.tell_ended
        finishes = Finishes(self.types, evidence, tell_ended, self.live.outbox.writing, alert_admins)
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
        numbers = Numbers(
            self.live.counts,
            self.requests,
            self.scores.counts,
            stores=self.health.stores,
            people=lambda: len(self.live.people.here()),
            is_draining=lambda: self.live.hub.draining,
            unrecorded=lambda: self.watching.history.lost,
        )
        self.watching.attach(self.live, numbers, index, self.templates.build)

    def _resync(self) -> None:
        self.personal.forget()
        self.watch.stir()
        self.live.resync()

    def routes(self) -> list[BaseRoute]:
        authenticator, viewer = self.accounts.authentication, self.accounts.viewers.viewer
        page, pace = (self.templates, viewer), self.live.pace
        walls = Walls(utc_now)
        return [
            *board_routes(self.boards, self.reader, authenticator, *page, self.tags, walls),
            *self.scores.routes,
            *self.sessions.routes,
            *self.sessions.pages(authenticator, lambda: self.types.apps, *page, pace),
            *player_pages(
                self.postgres, self.redis, self.boards, self.reader, self.sessions.listings, *page, pace
            ),
            *self.live.routes(),
            *self.presence.routes(authenticator),
            *self.tournaments.routes(),
            *organising_routes(authenticator, self.tournaments.tables, self.organising),
            *tournament_pages(
                self.templates,
                authenticator,
                viewer,
                self.tournaments.tables,
                self.tournaments.answers,
                self.organising,
                walls,
            ),
            *self.watching.routes(authenticator),
            *achievement_routes(
                self.postgres, authenticator, self.boards, self.types, self.reader, self.templates, viewer
            ),
            *self.notifications.routes(authenticator, self.live.outbox),
            *admin_routes(self.postgres, authenticator, self.boards, self.types, self.repair),
            *admin_pages(
                self.postgres,
                authenticator,
                self.templates,
                viewer,
                self.accounts.administration,
                self.watching,
                (self.boards, self.types),
                self.repair,
                self.notifications.subjects(self.live.outbox),
            ),
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
        await self.presence.start()
        await self.watch.sweep()
        tasks = [
            asyncio.create_task(keep_up(name, work))
            for name, work in {
                **self.scores.work,
                **self.live.work,
                **self.presence.work,
                **self.watching.work,
                **self.notifications.work,
                **self.tournaments.work,
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
            await self.watching.history.close()
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
            await asyncio.sleep(until_beat(CATALOG_SECONDS))
            try:
                await self._refresh_catalogs()
            except BoardError as error:
                _log.warning("catalogues cannot be read", reason=error.message)

    async def drain(self, seconds: float) -> None:
        """Not ready any more; the streams end, spread over `seconds`, and pairings have as long."""
        self.health.ready = False
        await asyncio.gather(self.live.drain(seconds), self.organising.rounds.drain(seconds))
