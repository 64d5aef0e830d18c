"""Who was handed what: collected in memory, written a second later, many at once."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice, repeat

import structlog

from sse_board.errors import BoardError
from sse_board.live.event import Event
from sse_board.stores.arrays import plain
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.bodies import UUID

_log = structlog.get_logger()
_queries = Queries("inbox")

#: How long receipts are collected before they are written: seconds.
COLLECTING_SECONDS = 1.0
#: Receipts of one statement, so that none takes long.
BATCH_RECEIPTS = 5_000
#: Receipts kept while the database cannot take them, about 200 bytes each; what comes above that is lost.
RECEIPTS_LIMIT = 100_000
#: How long a process that ends may take to write the rest: seconds.
LAST_SECONDS = 1.0


class Receipts:
    """One of a kind in each process. What is noted twice, here or elsewhere, is written once."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._waiting: dict[tuple[str, str], None] = {}
        self._news = asyncio.Event()

    def __len__(self) -> int:
        """How many wait to be written."""
        return len(self._waiting)

    def heard(self, events: Sequence[Event], users: Iterable[str]) -> None:
        """These users were handed these events of the log, which another program may have written."""
        ids = [id for event in events if isinstance(id := event.data.get("id"), str) and UUID.fullmatch(id)]
        heard_by = list(users)
        for id in ids:
            self._add(zip(repeat(id), heard_by, strict=False))

    def note(self, user_id: str, ids: Iterable[str]) -> None:
        """The user was shown the notices or announcements with these ids."""
        self._add((id, user_id) for id in ids)

    def _add(self, receipts: Iterable[tuple[str, str]]) -> None:
        room = RECEIPTS_LIMIT - len(self._waiting)
        self._waiting.update(dict.fromkeys(islice(receipts, max(0, room))))
        self._news.set()

    async def run(self) -> None:
        """Write them until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(COLLECTING_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write what is there. Never raises: what cannot be written now is written later."""
        while self._waiting:
            batch = tuple(islice(self._waiting, BATCH_RECEIPTS))
            try:
                await self._write(batch)
            except BoardError as error:
                _log.warning("receipts not written", reason=error.message, count=len(self._waiting))
                self._news.set()
                return
            for receipt in batch:
                self._waiting.pop(receipt, None)

    async def close(self) -> None:
        """Write the rest, if the database answers in time."""
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await self.flush()
        except TimeoutError:
            _log.warning("receipts not written", count=len(self._waiting))

    async def _write(self, batch: Sequence[tuple[str, str]]) -> None:
        ids, users = zip(*batch, strict=True)
        await self._postgres.run(_queries.reached, ids=plain(ids), users=plain(users))
