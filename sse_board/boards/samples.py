"""Samples of the ranks of each board, once a minute, in Redis: the worker takes them, web processes look at one.

All of it may be lost: then velocity is unknown again, and known since the first new sample.
"""

import asyncio
from typing import Any

import structlog
from redis import RedisError
from redis.asyncio import Redis

from sse_board.boards.board import Board
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.ranking import Ranking, samples_key
from sse_board.boards.velocity import KEPT, SAMPLED, Sample, chosen, key, pack, unpack
from sse_board.clock import Clock, to_milliseconds

_log = structlog.get_logger()

#: How often samples are taken, and looked at: seconds.
SAMPLE_SECONDS = 60.0
MINUTE_MS = 60_000
#: What `boards/fold.lua` writes beside the samples, before a user's id: when an action of theirs was taken back.
VOIDED = b"voided:"


class Samples:
    """Raises redis.RedisError."""

    def __init__(self, redis: Redis, ranking: Ranking, clock: Clock) -> None:
        self._redis = redis
        self._ranking = ranking
        self._clock = clock

    async def take(self, board: Board) -> None:
        """One of now, in place of those that are too old; none of a board that Redis does not have."""
        window = await self._ranking.read(board, 0, SAMPLED)
        if window is None:
            return
        at = to_milliseconds(self._clock())
        packed = pack(board.epoch, at, ((entry.user_id, entry.rank) for entry in window.entries))
        name, minute = samples_key(board.slug), at // MINUTE_MS
        old = await self._old(board.slug, minute)
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hset(name, str(minute), packed)
            if old:
                pipe.hdel(name, *old)
            pipe.expire(name, KEPT * MINUTE_MS // 1_000)
            await pipe.execute()

    async def _old(self, slug: str, now: int) -> list[bytes]:
        minutes, voided = await self._fields(slug)
        old = [str(minute).encode() for minute in minutes if not now - KEPT <= minute <= now]
        return old + [VOIDED + user for user, at in voided.items() if at // MINUTE_MS < now - KEPT]

    async def find(self, board: Board) -> Sample | None:
        """The one that is an hour old, or else the oldest."""
        minutes, voided = await self._fields(board.slug)
        minute = chosen(minutes, to_milliseconds(self._clock()) // MINUTE_MS)
        if minute is None:
            return None
        packed: Any = await self._redis.hget(samples_key(board.slug), str(minute))
        return unpack(packed, {key(user.decode()): at for user, at in voided.items()}) if packed else None

    async def _fields(self, slug: str) -> tuple[list[int], dict[bytes, int]]:
        """The minutes of which there is a sample; whose actions were taken back, and when."""
        fields: list[Any] = await self._redis.hkeys(samples_key(slug))
        marks = [field for field in fields if field.startswith(VOIDED)]
        times = await self._redis.hmget(samples_key(slug), marks) if marks else []
        voided = {mark.removeprefix(VOIDED): int(at) for mark, at in zip(marks, times, strict=True) if at}
        return [int(field) for field in fields if field not in set(marks)], voided


#: Pause before a Redis that did not answer is asked again: seconds.
RETRY_SECONDS = 2.0


class Velocities:
    """What a web process knows of an hour ago: looked up once a minute for each board, never for a request."""

    def __init__(self, catalog: BoardCatalog, samples: Samples) -> None:
        self._catalog = catalog
        self._samples = samples
        self._found: dict[str, Sample] = {}

    def past(self, slug: str) -> Sample | None:
        return self._found.get(slug)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            found = await self._look()
            self._found = found or {}
            await asyncio.sleep(RETRY_SECONDS if found is None else SAMPLE_SECONDS)

    async def _look(self) -> dict[str, Sample] | None:
        """None while Redis does not answer."""
        found = {}
        for board in self._catalog:
            try:
                sample = await self._samples.find(board)
            except RedisError as error:
                _log.warning("velocity not known", board=board.slug, reason=repr(error))
                return None
            if sample is not None:
                found[board.slug] = sample
        return found
