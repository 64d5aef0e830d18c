"""Redis clients: short timeouts, no silent replay of writes."""

from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

#: Redis is on the way of every action and board read: whoever waits longer is better served without it.
TIMEOUT_SECONDS = 0.25
#: Connections per process for commands.
POOL_SIZE = 16


def connect(url: str, *, timeout: float = TIMEOUT_SECONDS) -> Redis:
    """A client whose commands fail after `timeout` seconds.

    `Retry(0)`: a write that timed out may have happened, so it is never sent twice.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=POOL_SIZE,
        timeout=timeout,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)


def channel_name(redis: Redis, *parts: str) -> str:
    """A pub/sub channel of ours: all databases of one Redis share those, so the name says which is meant."""
    database = redis.connection_pool.connection_kwargs.get("db", 0)
    return ":".join(["sse_board", str(database), *parts])


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
        connection = self._connection = self._connection or await self._redis.connection_pool.get_connection()
        try:
            await connection.send_command(*command, check_health=False)
            return await connection.read_response()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
