"""Hints from Redis pub/sub: worth hearing early, never relied upon."""

import asyncio
from collections.abc import Callable

import structlog
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from sse_board.stores.redis import ANSWER_SECONDS

_log = structlog.get_logger()

#: Silence after which the connection is asked whether it is alive: seconds.
QUIET_SECONDS = 0.5
#: Pause before a lost connection is tried again: seconds. With the time for an answer it makes a second and a half
#: from the last word of a connection that is half open to the first of the next.
RECONNECT_SECONDS = 0.25

HintListener = Callable[[str, str], None]


class Bus:
    """Hands every message of the subscribed patterns to its listener, as (channel, text)."""

    def __init__(self, redis: Redis, patterns: dict[str, HintListener], on_resync: Callable[[], None]) -> None:
        self._redis = redis
        self._patterns = patterns
        self._on_resync = on_resync

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is replaced."""
        while True:
            pubsub = self._redis.pubsub()
            try:
                await self._listen(pubsub)
            except (RedisError, OSError, TimeoutError) as error:
                _log.warning("hints lost", reason=repr(error))
            finally:
                await self._close(pubsub)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def close(self) -> None:
        await self._redis.aclose()

    async def _listen(self, pubsub: PubSub) -> None:
        await pubsub.psubscribe(*self._patterns)
        while True:
            message = await pubsub.get_message(timeout=QUIET_SECONDS)
            self._handle(message or await self._answer(pubsub))

    async def _answer(self, pubsub: PubSub) -> dict[str, object]:
        """What a silent connection says when it is asked. Raises TimeoutError when it is gone without a word."""
        await pubsub.ping()
        message = await pubsub.get_message(timeout=ANSWER_SECONDS)
        # a loop that comes too late sees the deadline before what has arrived: that lies ready now
        message = message or await pubsub.get_message(timeout=0)
        if message is None:
            raise TimeoutError("no answer to a ping")
        answer: dict[str, object] = message
        return answer

    def _handle(self, message: dict[str, object]) -> None:
        if message["type"] == "psubscribe":
            self._on_resync()  # what was said before this moment was not heard
        elif message["type"] == "pmessage":
            self._dispatch(message["pattern"], message["channel"], message["data"])

    def _dispatch(self, pattern: object, channel: object, data: object) -> None:
        try:
            self._patterns[_text(pattern)](_text(channel), _text(data))
        except ValueError:
            _log.warning("hint not understood", channel=repr(channel), data=repr(data)[:100])

    async def _close(self, pubsub: PubSub) -> None:
        try:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
        except (RedisError, OSError):
            _log.debug("lost connection could not be closed")


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
