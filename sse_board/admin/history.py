"""The history of connections: noted in memory, written down by the thousand."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import structlog

from sse_board.clock import Clock, iso
from sse_board.errors import BoardError
from sse_board.live.counts import transport_of
from sse_board.live.delivery.connection import Connection
from sse_board.stores.arrays import plain, quoted
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tasks import until_beat

_log = structlog.get_logger()
_queries = Queries("connections")

#: Pause between two statements: seconds.
WRITE_SECONDS = 1.0
#: The same while more wait than one takes: seconds.
BUSY_SECONDS = 0.25
#: Connections of one statement: more than open and close in a second, and some 30 ms of the database's time.
ROWS_AT_ONCE = 1_000
#: Connections that may wait for it, as many as a process has streams: about 5 MB. What is more is only counted.
WAITING_LIMIT = 20_000
#: How long a process that ends may take to write down the rest: seconds.
LAST_SECONDS = 1.0


class Note(NamedTuple):
    """What became of a connection; times are monotonic."""

    user_id: str | None
    transport: str
    address: str
    agent: str
    opened: float
    closed: float | None = None
    reason: str | None = None


class History:
    """An observer of the hub: on the path of a connect it puts a note into a dictionary, and nothing else.

    `lost` counts what could not be written down.
    """

    def __init__(self, postgres: Postgres, clock: Clock) -> None:
        self.lost = 0
        self._postgres = postgres
        self._clock = clock
        self._notes: dict[str, Note] = {}

    def came(self, connection: Connection) -> None:
        self._note(connection, None, None)

    def left(self, connection: Connection) -> None:
        self._note(connection, time.monotonic(), connection.reason)

    def _note(self, connection: Connection, closed: float | None, reason: str | None) -> None:
        """The last note of a connection says all: what opens and closes between two statements is one row."""
        if len(self._notes) >= WAITING_LIMIT and connection.id not in self._notes:
            self.lost += 1
            return
        identity = connection.identity
        self._notes[connection.id] = Note(
            identity.user_id if identity else None,
            transport_of(connection.coding.face),
            connection.address,
            connection.agent,
            connection.since,
            closed,
            reason,
        )

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(BUSY_SECONDS if len(self._notes) > ROWS_AT_ONCE else until_beat(WRITE_SECONDS))
            await self.write()

    async def close(self) -> None:
        """Write down the rest, if the database answers in time."""
        try:
            async with asyncio.timeout(LAST_SECONDS):
                while self._notes and await self.write():
                    pass
        except TimeoutError:
            _log.warning("connections not written down", count=len(self._notes))

    async def write(self) -> bool:
        """The oldest notes; whether they are written down now. What cannot be is tried again."""
        batch = list(islice(self._notes.items(), ROWS_AT_ONCE))
        if not batch:
            return True
        try:
            await self._postgres.run(_queries.write, **self._columns(batch))
        except BoardError as error:
            _log.warning("connections not written down yet", count=len(self._notes), reason=error.message)
            return False
        for id, note in batch:
            if self._notes[id] is note:
                del self._notes[id]
        return True

    def _columns(self, batch: Sequence[tuple[str, Note]]) -> dict[str, str]:
        offset = self._clock().timestamp() - time.monotonic()

        def times(moments: Iterable[float | None]) -> str:
            return plain("null" if at is None else f"{at + offset:.3f}" for at in moments)

        notes = [note for _, note in batch]
        return {
            "sessions": plain(id for id, _ in batch),
            "users": plain(note.user_id or "null" for note in notes),
            "transports": plain(note.transport for note in notes),
            "addresses": quoted(note.address for note in notes),
            "agents": quoted(note.agent.replace("\0", "") for note in notes),
            "opened": times(note.opened for note in notes),
            "closed": times(note.closed for note in notes),
            "reasons": plain(note.reason or "null" for note in notes),
        }


async def page(postgres: Postgres, user_id: str | None, before: int, limit: int) -> list[dict[str, Any]]:
    """The newest connections first. Raises Unavailable."""
    rows = await postgres.all(_queries.page, user=user_id, before=before, limit=limit)
    return [_payload(row) for row in rows]


def _payload(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("id", "sessionId", "userId", "username", "transport", "address", "agent")
    opened, closed, reason = row[7:]
    return {
        **dict(zip(names, row[:7], strict=True)),
        "openedAt": iso(opened),
        "closedAt": iso(closed) if closed else None,
        "reason": reason,
    }
