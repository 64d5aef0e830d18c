"""All streams and sockets of this process: who is connected, and whether there is room for more."""

import hmac
import random
import secrets
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from sys import intern
from typing import Any, Protocol

from sse_board.clock import Clock, iso
from sse_board.live.counts import Counts
from sse_board.live.delivery.agenda import Agenda
from sse_board.live.delivery.coding import Coding
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.laggards import Laggards
from sse_board.live.event import Event
from sse_board.live.people import People
from sse_board.web.identity import Identity

#: How exactly connections are looked at in time: seconds.
TICK_SECONDS = 0.5
#: Streams end after a random share of STREAM_MAX_AGE, so that those opened together do not end together.
AGE_SHARE = (0.8, 1.0)
#: Reconnects are spread over this range: milliseconds.
RETRY_MILLISECONDS = (1_000, 3_000)
#: What is kept of the name that a program gives itself: characters. One that names itself anew for each of 20 000
#: streams takes 5 MB.
AGENT_LENGTH = 200


class Observer(Protocol):
    """Whoever wants to know of each connection; called in the middle of a connect, so it only takes notes."""

    def came(self, connection: Connection) -> None:
        """It is open now; once more when its client has told who it is."""

    def left(self, connection: Connection) -> None:
        """It is over, and its `reason` says why; nothing of it has been forgotten yet."""


class Hub:
    """Opens, keeps and closes connections; `on_progress` and `on_close` are for whoever brings them on."""

    def __init__(
        self,
        *,
        clock: Clock,
        counts: Counts,
        max_age: int,
        limit: int,
        limit_per_address: int,
        people: People | None = None,
    ) -> None:
        self._clock = clock
        self.counts = counts
        self._max_age = max_age
        self._limit = limit
        self._limit_per_address = limit_per_address
        self._connections: dict[str, Connection] = {}
        self._addresses: Counter[str] = Counter()
        self._users: defaultdict[str, dict[Connection, None]] = defaultdict(dict)
        self._people = people or People()
        self._people.include(self._users)
        self._key = secrets.token_bytes()
        #: When to look at whom, and who does not read.
        self.agenda: Agenda[Connection] = Agenda(TICK_SECONDS)
        self.laggards = Laggards()
        self.on_progress: Callable[[], None] = lambda: None
        self.on_close: Callable[[Connection], None] = lambda _: None
        self.observers: list[Observer] = []
        self.draining = False
        #: What the ids of all connections here begin with, so that every process knows whom to ask about one.
        self.process = secrets.token_hex(4)

    def __len__(self) -> int:
        return len(self._connections)

    @property
    def connections(self) -> Collection[Connection]:
        return self._connections.values()

    def find(self, id: str) -> Connection | None:
        return self._connections.get(id)

    def of_user(self, user_id: str) -> Collection[Connection]:
        """Those that this user is logged in on."""
        return self._users.get(user_id, ())

    def is_full(self, address: str) -> bool:
        return (
            self.draining
            or len(self._connections) >= self._limit
            or self._addresses[address] >= self._limit_per_address
        )

    # -- coming and going --

    def connection(
        self, coding: Coding, limit: int, identity: Identity | None, address: str, agent: str = ""
    ) -> Connection:
        """A new one, not yet open. Its id is a UUID. Many share an address, and nearly all an agent."""
        now = time.monotonic()
        return Connection(
            self.process + str(uuid.uuid4())[len(self.process) :],
            coding,
            limit,
            identity,
            address=intern(address),
            agent=intern(agent[:AGENT_LENGTH]),
            way=self.counts.way(coding.face),
            keeper=self,
            now=now,
            rotates_at=now + self._max_age * random.uniform(*AGE_SHARE),  # noqa: S311  (spreads load)
        )

    def open(self, connection: Connection, *, resumed: bool = False) -> None:
        """`resumed`: it came back with a cursor."""
        connection.way.open(resumed=resumed)
        self._connections[connection.id] = connection
        self._addresses[connection.address] += 1
        self.identify(connection, connection.identity)

    def identify(self, connection: Connection, identity: Identity | None) -> None:
        """These are its rights now; they may have ended while they were looked at."""
        connection.identity = identity
        connection.warned = False
        if identity is not None:
            self._users[identity.user_id][connection] = None
            self._people.stir(identity.user_id)
        self.look_at(connection)
        for observer in self.observers:
            observer.came(connection)

    def close(self, connection: Connection) -> None:
        """Forget it, whoever ended it; once."""
        connection.has_ended = True
        if self._connections.pop(connection.id, None) is None:
            return
        connection.way.live -= 1
        connection.way.ended[connection.reason] += 1
        self.laggards.forget(connection)
        for observer in self.observers:
            observer.left(connection)
        self._leave_address(connection.address)
        self._leave_user(connection)
        self.on_close(connection)

    def _leave_address(self, address: str) -> None:
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]

    def _leave_user(self, connection: Connection) -> None:
        identity = connection.identity
        if identity is not None:
            own = self._users[identity.user_id]
            own.pop(connection, None)
            self._people.stir(identity.user_id)
            if not own:
                del self._users[identity.user_id]

    # -- what connections ask of it --

    def secret(self, id: str) -> str:
        """Made from the id, so that no connection has to keep its own."""
        return hmac.digest(self._key, id.encode(), "sha256").hex()[:32]

    def cut_off(self) -> Event:
        return self.rotation()

    def look_at(self, connection: Connection) -> None:
        self.agenda.put(connection, time.monotonic())

    def lags(self, connection: Connection) -> None:
        self.laggards.add(connection, time.monotonic())

    def progressed(self, _: Connection) -> None:
        self.on_progress()

    def lost(self, connection: Connection) -> None:
        self.close(connection)

    def event(self, type: str, data: dict[str, Any] | None = None, **options: Any) -> Event:
        """An event that belongs to the stream and to no channel."""
        return Event(type, {**(data or {}), "timestamp": iso(self._clock())}, **options)

    def rotation(self) -> Event:
        """What ends a stream whose client shall come back."""
        return self.event("stream.rotate", retry=retry_after())


def retry_after(times: int = 1) -> int:
    """Milliseconds for a `retry:` field, different for each client; `times` as long where it should stay away."""
    low, high = RETRY_MILLISECONDS
    return random.randint(times * low, times * high)  # noqa: S311  (spreads reconnects, guards nothing)
