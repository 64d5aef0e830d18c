"""What everybody sees of tournaments, put together: channels, presence, REST.

`app.py` asks for one of these before the engine, and attaches it to the engine.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from redis.asyncio import Redis
from starlette.routing import BaseRoute

from sse_board.clock import Clock
from sse_board.live.bus import HintListener
from sse_board.live.room import Live
from sse_board.live.source import LogSource, StateSource
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import channel_name
from sse_board.tournaments.api.answering import Answers
from sse_board.tournaments.api.reading import ReadingApi
from sse_board.tournaments.api.standings import StandingsApi
from sse_board.tournaments.hint import CHANNEL
from sse_board.tournaments.showing.channels import StandingsSource
from sse_board.tournaments.showing.finding import Finder
from sse_board.tournaments.showing.logs import tournament_logs
from sse_board.tournaments.showing.scopes import TournamentScopes
from sse_board.tournaments.showing.tables import Tables
from sse_board.tournaments.showing.watching import TournamentWatch
from sse_board.web.templates import Templates


class Showing:
    """`sources`, `logs` and `scopes` are for the engine; `tables` for pages and for who changes something."""

    def __init__(self, postgres: Postgres, redis: Redis, templates: Templates, clock: Clock) -> None:
        self._templates = templates
        self._hints = channel_name(redis, CHANNEL)
        self.tables = Tables(postgres)
        finder = Finder(postgres, self.tables.pictures)
        self._source = StandingsSource(self.tables, finder, templates, clock)
        self.sources: list[StateSource] = [self._source]
        self.logs: list[LogSource] = tournament_logs(finder)
        self.scopes = TournamentScopes(finder)

    def attach(self, live: Live) -> None:
        self.answers = Answers(live.pace, self._templates.build)
        self._watch = TournamentWatch(self.tables.pictures, self._source, live.feed)

    @property
    def hints(self) -> dict[str, HintListener]:
        """What to listen to on Redis, and who does."""
        return {self._hints: self._watch.hint}

    @property
    def work(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What runs in the background, by name."""
        return {"tournaments": self._watch.sweep_forever}

    def routes(self) -> list[BaseRoute]:
        return [
            *ReadingApi(self.tables, self.answers).routes(),
            *StandingsApi(self.tables, self._templates, self.answers).routes(),
        ]
