"""What admins see of the running service, put together: health, connections, and their history."""

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.routing import BaseRoute

from sse_board.admin.comings import ComingsSource
from sse_board.admin.connections import Connections
from sse_board.admin.connections_api import ConnectionsApi
from sse_board.admin.health import HealthBoard, HealthSource
from sse_board.admin.history import History
from sse_board.admin.vitals import Numbers, Vitals
from sse_board.clock import Clock
from sse_board.live.room import Live
from sse_board.live.source import StateSource
from sse_board.stores.postgres import Postgres
from sse_board.web.identity import Authenticator


class Watching:
    """`sources` are for the engine's channels; `attach` is called when there is an engine."""

    def __init__(self, postgres: Postgres, clock: Clock) -> None:
        self.board = HealthBoard(clock)
        self.history = History(postgres, clock)
        self._postgres = postgres
        self._clock = clock
        self._health = HealthSource(self.board, clock)
        self._comings = ComingsSource(clock)

    @property
    def sources(self) -> list[StateSource]:
        return [self._health, self._comings]

    def attach(self, live: Live, numbers: Numbers, index: int, build: str) -> None:
        self.connections = Connections(live, self._postgres, self._clock)
        live.register.describe = Vitals(live.hub.process, index, build, numbers, self._clock).describe
        self.board.attach(live.register, numbers.stores)
        self._health.attach(live)
        self._comings.attach(live)
        live.hub.observers.append(self.history)

    @property
    def work(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What runs in the background, by name."""
        return {"history": self.history.run}

    def routes(self, authenticator: Authenticator) -> list[BaseRoute]:
        return [*ConnectionsApi(authenticator, self._postgres, self.connections, self.board).routes()]
