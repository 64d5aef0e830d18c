"""The PostgreSQL pool: opened late, bounded, and speaking our own errors."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any

import psycopg
from psycopg import AsyncConnection, IsolationLevel
from psycopg.rows import TupleRow
from psycopg.types.string import TextLoader
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from sse_board.errors import Unavailable
from sse_board.stores.probe import ANSWER_SECONDS, Probe, cut, has_ended
from sse_board.stores.pulse import Pulse
from sse_board.tasks import stop

Connection = AsyncConnection[TupleRow]

#: Connections per web process: reads are short and served from Redis first.
POOL_SIZE = 6
#: Requests that may wait for a connection before newcomers are told 503.
POOL_WAITING = 200
#: Seconds that one request waits for a connection.
POOL_TIMEOUT = 3.0
#: A process that starts waits this long for its database: seconds.
OPEN_SECONDS = 30.0
#: A connection that cannot be made is given up after this, and tried again when one is wanted: seconds.
RECONNECT_SECONDS = 5.0
#: A statement that runs longer is a fault: milliseconds.
STATEMENT_TIMEOUT_MS = 5_000
#: A server that says nothing at all, frozen or cut off, is given up by our own clock: seconds.
DEADLINE_SECONDS = 6.0
#: A process that froze inside a transaction loses it, so that the others' writes go on: milliseconds.
IDLE_TRANSACTION_TIMEOUT_MS = 3_000


#: For statements that find every row by its key: each is planned once, for planning takes longer than running, and
#: the plan must not read whole tables, for it may have been made while they were empty.
LOOK_UPS = " ".join(
    f"-c {setting}"
    for setting in (
        "plan_cache_mode=force_generic_plan",
        "enable_seqscan=off",
        "enable_hashjoin=off",
        "enable_mergejoin=off",
    )
)

SILENT = "The database does not answer; nothing was changed."
#: It may have gone between a commit and its answer.
LOST_ANSWER = "The database has gone; look whether what you asked for was done before you ask again."

#: How the driver says that there is more to do than can be done.
BUSY = (PoolTimeout, TooManyRequests, psycopg.errors.QueryCanceled)
#: How it says that the server, or the way to it, is gone; asked after the above, which it has for kinds of these.
LOST = (
    TimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.IdleInTransactionSessionTimeout,
)


async def _speak_text(connection: Connection) -> None:
    """Ids are strings inside as they are on the wire."""
    connection.adapters.register_loader("uuid", TextLoader)


class Postgres:
    """A pool of connections in autocommit mode; `transaction()` for more than one statement.

    While the database does not answer, whoever asks is told so at once, and whoever waits need not wait longer.
    """

    def __init__(self, url: str, *, size: int = POOL_SIZE, planner: str = "", pulse: Pulse | None = None) -> None:
        """`planner`: settings for the server, such as `LOOK_UPS`. `pulse`: that of another pool."""
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            min_size=size,
            max_size=size,
            max_waiting=POOL_WAITING,
            timeout=POOL_TIMEOUT,
            reconnect_timeout=RECONNECT_SECONDS,
            open=False,
            configure=_speak_text,
            kwargs={
                "autocommit": True,
                "prepare_threshold": 2,
                "connect_timeout": 3,
                "application_name": "sse_board",
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} "
                f"-c idle_in_transaction_session_timeout={IDLE_TRANSACTION_TIMEOUT_MS} -c timezone=UTC {planner}",
            },
        )
        self._probe = Probe(url)
        self._shares = pulse is not None
        self.pulse = pulse or Pulse("postgres", self._probe.ask, ANSWER_SECONDS)
        self.pulse.on_failure(self._let_go)
        self._waits: set[Callable[[], None]] = set()
        self._replacing: asyncio.Task[None] | None = None

    async def open(self, *, wait: bool = True) -> None:
        """With `wait`, raises Unavailable when there is no connection within `OPEN_SECONDS`.

        The pool is not asked to wait: it would close itself for good when that takes too long.
        """
        await self._pool.open(wait=False)
        deadline = time.monotonic() + OPEN_SECONDS
        while wait:
            try:
                async with self.connection():
                    break
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
        if not self._shares:
            self.pulse.start()

    async def close(self) -> None:
        if not self._shares:
            await self.pulse.stop()
        self._probe.close()
        if self._replacing is not None:
            await stop([self._replacing])
        await self._pool.close(timeout=2)

    @asynccontextmanager
    async def connection(self, seconds: float | None = DEADLINE_SECONDS) -> AsyncIterator[Connection]:
        """One connection for so long (None: for ever); a dead or silent server becomes `Unavailable`."""
        if not self.pulse.up:
            raise Unavailable(SILENT)
        try:
            connection = await self._take()
            try:
                with self._until(partial(cut, connection), seconds):
                    yield connection
            finally:
                await self._pool.putconn(connection)
            self.pulse.answered()
        except BUSY as error:
            raise Unavailable("The database does not answer in time; nothing was changed.") from error
        except LOST as error:
            self.pulse.doubt()
            self._replace_soon()
            raise Unavailable(LOST_ANSWER) from error

    async def _take(self) -> Connection:
        """One that has not ended while it was idle: a server that restarted costs nobody an error."""
        async with asyncio.timeout(None) as patience:
            with self._until(partial(patience.reschedule, 0.0), None):
                while has_ended(connection := await self._pool.getconn()):
                    await connection.close()
                    await self._pool.putconn(connection)
                return connection

    @contextmanager
    def _until(self, end: Callable[[], None], seconds: float | None) -> Iterator[None]:
        """`end` is called after so many seconds, or when the database is found not to answer."""
        timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, end)
        self._waits.add(end)
        try:
            yield
        finally:
            self._waits.discard(end)
            if timer is not None:
                timer.cancel()

    def _let_go(self) -> None:
        for end in list(self._waits):
            end()

    def _replace_soon(self) -> None:
        """Where one connection is dead the others often are too: new ones, before somebody trips over each."""
        if self._replacing is None or self._replacing.done():
            self._replacing = asyncio.create_task(self._pool.drain())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """One picture of the database for as long as it takes; each statement has its time."""
        async with self.connection(seconds=None) as connection:
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            try:
                async with connection.transaction():
                    yield connection
            finally:
                with suppress(psycopg.Error):  # a dead connection is not used again
                    await connection.set_isolation_level(None)

    @asynccontextmanager
    async def pipelined(self) -> AsyncIterator[Connection]:
        """A transaction in as few round trips as results are waited for: its statements travel together.

        What is wrong with a statement may only be told at the end. The driver's own `transaction()` would wait for
        an answer three times more.
        """
        async with self.connection() as connection:
            try:
                async with connection.pipeline():
                    await connection.execute(b"begin")
                    yield connection
                    await connection.execute(b"commit")
            except BaseException:
                if not connection.closed:
                    await connection.rollback()
                raise

    async def all(self, query: bytes, **parameters: Any) -> list[TupleRow]:
        async with self.connection() as connection:
            return await (await connection.execute(query, parameters)).fetchall()

    async def one(self, query: bytes, **parameters: Any) -> TupleRow | None:
        async with self.connection() as connection:
            return await (await connection.execute(query, parameters)).fetchone()

    async def run(self, query: bytes, **parameters: Any) -> int:
        """Execute; the number of rows touched."""
        async with self.connection() as connection:
            return (await connection.execute(query, parameters)).rowcount
