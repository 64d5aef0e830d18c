"""Wires the runs together; `app.py` asks for one of these."""

from collections.abc import Callable
from dataclasses import dataclass

from redis.asyncio import Redis
from starlette.routing import BaseRoute
from starlette.types import Scope

from sse_board.clock import Clock
from sse_board.live.pace import Pace
from sse_board.live.painted import Painted
from sse_board.live.states.feed import Feed
from sse_board.sessions.api import SessionsApi
from sse_board.sessions.channels import CompetitorsSource, LiveSource, Paint
from sse_board.sessions.finding import Finder
from sse_board.sessions.listing import Listings
from sse_board.sessions.memory import LiveRuns
from sse_board.sessions.own import OwnProgressSource
from sse_board.sessions.pages import FindViewer, RunPages
from sse_board.sessions.progress import PATH, Progress
from sse_board.sessions.runs import Runs
from sse_board.sessions.showing import RunShowing
from sse_board.sessions.watch import RunWatch
from sse_board.stores.postgres import Postgres
from sse_board.web.direct import Named
from sse_board.web.identity import Authenticator
from sse_board.web.templates import Templates


@dataclass(frozen=True, slots=True)
class Sessions:
    """What the rest of the service needs of the runs. `named` is for `web.direct`."""

    routes: list[BaseRoute]
    named: Named
    finder: Finder
    listings: Listings
    runs: Runs
    progress: Progress
    sources: tuple[LiveSource, OwnProgressSource, CompetitorsSource]
    hints: str

    def watch(self, feed: Feed) -> RunWatch:
        """Who listens to `hints`."""
        return RunWatch(feed, *self.sources)

    def pages(
        self,
        authenticator: Authenticator,
        apps: Callable[[], frozenset[str]],
        templates: Templates,
        viewer: FindViewer,
        pace: Pace,
    ) -> list[BaseRoute]:
        live, _, competitors = self.sources
        showing, painted = RunShowing(self.listings, self.finder, live, competitors), Painted(templates, pace)
        pages = RunPages(self.runs, self.progress, showing, authenticator, apps, templates, viewer, painted)
        return [*pages.routes()]

    def limits_itself(self, scope: Scope) -> bool:
        """Whether it is a tick of a run: they are outside the limit of requests."""
        return self.named.name_in(scope["path"]) is not None and scope.get("method") == "POST"


def build_sessions(
    postgres: Postgres,
    redis: Redis,
    authenticator: Authenticator,
    apps: Callable[[], frozenset[str]],
    clock: Clock,
    paint: Paint,
) -> Sessions:
    live = LiveRuns(redis)
    finder = Finder(live, postgres, clock)
    runs = Runs(postgres, live, clock)
    progress = Progress(live, finder, authenticator)
    listings = Listings(live, finder, postgres)
    api = SessionsApi(runs, listings, authenticator, apps, clock)
    return Sessions(
        [*api.routes(), *progress.routes()],
        Named(PATH, progress.tell, 202),
        finder,
        listings,
        runs,
        progress,
        (
            LiveSource(finder, clock, paint),
            OwnProgressSource(finder, live, postgres, clock),
            CompetitorsSource(finder, live, clock, paint),
        ),
        live.hints,
    )
