"""Redis clients: short timeouts, no silent replay of writes."""

import asyncio
from typing import Any

import hiredis
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NotConnected

from sse_board.stores.pulse import Pulse

#: Redis is on the way of every action and board read: whoever waits longer is better served without it.
TIMEOUT_SECONDS = 0.25
#: A Redis that lets a probe wait for so long is as good as down: seconds. Its longest script takes a tenth.
ANSWER_SECONDS = 0.75
#: Connections per process for commands.
POOL_SIZE = 16


class Pool(BlockingConnectionPool):
    """Hands out no connection while Redis is known not to answer."""

    pulse: Pulse | None = None
    _dropping: asyncio.Task[None] | None = None

    async def get_connection(self, *_: Any, **__: Any) -> Any:
        """What the driver still passes here, it warns of itself."""
        self.check()
        return await super().get_connection()  # type: ignore[no-untyped-call]

    def check(self) -> None:
        """Raises redis.ConnectionError at once."""
        if self.pulse is not None and not self.pulse.up:
            raise NotConnected("Redis does not answer")

    def drop_idle(self) -> None:
        """Close what nobody uses: what fell silent may stay so, and costs whoever takes it a deadline."""
        self._dropping = asyncio.create_task(self.disconnect(inuse_connections=False))


def connect(url: str, *, timeout: float = TIMEOUT_SECONDS, pulse: Pulse | None = None) -> Redis:
    """A client whose commands fail after `timeout` seconds, or at once while the `pulse` says so.

    `Retry(0)`: a write that timed out may have happened, so it is never sent twice.
    """
    pool = Pool.from_url(
        url,
        max_connections=POOL_SIZE,
        timeout=timeout,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )
    if pulse is not None:
        pool.pulse = pulse
        pulse.on_failure(pool.drop_idle)
    return Redis.from_pool(pool)


def pulse_of(url: str) -> Pulse:
    """Asks over a connection of its own."""
    client = connect(url, timeout=ANSWER_SECONDS)

    async def ping() -> None:
        await client.ping()

    return Pulse("redis", ping, ANSWER_SECONDS)


def channel_name(redis: Redis, *parts: str) -> str:
    """A pub/sub channel of ours: all databases of one Redis share those, so the name says which is meant."""
    database = redis.connection_pool.connection_kwargs.get("db", 0)
    return ":".join(["sse_board", str(database), *parts])


async def send_large(redis: Redis, *commands: tuple[Any, ...]) -> list[Any]:
    """Commands of thousands of arguments, in one round trip. Raises redis.RedisError.

    hiredis packs them: the driver's own packing, in Python, took half of the time in which a board is loaded.
    """
    pool: Any = redis.connection_pool
    connection = await pool.get_connection()
    try:
        await connection.send_packed_command([hiredis.pack_command(command) for command in commands])
        return [await connection.read_response() for _ in commands]
    except BaseException:
        await connection.disconnect(nowait=True)
        raise
    finally:
        await pool.release(connection)


class Line:
    """A connection kept for one question after the other: most of what a call costs is choosing a connection.

    While it is taken, others choose. If it died while nobody asked, the next question fails, and only that.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis
        self._connection: AbstractConnection | None = None
        self._taken = False

    async def ask(self, *command: str) -> Any:
        """The bare reply. Raises redis.RedisError."""
        if self._taken:
            return await self._redis.execute_command(*command)
        self._taken = True
        try:
            return await self._ask(*command)
        finally:
            self._taken = False

    async def _ask(self, *command: str) -> Any:
        self._redis.connection_pool.check()
        connection = self._connection = self._connection or await self._redis.connection_pool.get_connection()
        try:
            await connection.send_command(*command, check_health=False)
            return await connection.read_response()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
