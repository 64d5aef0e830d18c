"""Which web processes there are: each says so in Redis every other second, and so hears of the others."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog
from redis import RedisError
from redis.asyncio import Redis

from sse_board.tasks import until_beat
from sse_board.web.answers import encode

_log = structlog.get_logger()

#: How often a process says how it is: seconds. Once a second would cost a tenth of a percent of a core.
BEAT_SECONDS = 2.0
#: One that has said nothing for so long is gone, or as good as gone: milliseconds. Some beats may fail.
SILENT_MILLISECONDS = 7_000

#: What every process says, and when it last did, by Redis' own clock. The number is that of the form in which they
#: say it: in a roll, processes of a release with another form do not know of each other.
KEYS = ("processes:1", "processes:1:heard")


class Register:
    """`known`: what each process last said of itself, by its id. Without Redis that is this one alone, and
    `is_complete` says so.
    """

    def __init__(self, redis: Redis, process: str) -> None:
        self.process = process
        self.known: dict[str, Any] = {}
        self.is_complete = False
        #: What this process says of itself, anew for each beat.
        self.describe: Callable[[], Mapping[str, Any]] = dict
        #: Called behind each beat.
        self.listeners: list[Callable[[], None]] = []
        self._beat = redis.register_script(Path(__file__).with_name("register.lua").read_text())

    async def run(self) -> None:
        """Until cancelled; then it strikes itself out, so that nobody waits for its answers."""
        try:
            while True:
                await self.beat()
                await asyncio.sleep(until_beat(BEAT_SECONDS))
        finally:
            await self._leave()

    async def beat(self) -> None:
        own = self.describe()
        try:
            said = await self._say(encode(own))
        except (RedisError, OSError) as error:
            if self.is_complete:
                _log.warning("only this process is known", reason=repr(error))
            said, self.is_complete = {}, False
        else:
            self.is_complete = True
        self.known = {**said, self.process: own}
        for listener in self.listeners:
            listener()

    async def _say(self, text: bytes) -> dict[str, Any]:
        reply = await self._beat(keys=KEYS, args=[self.process, text, SILENT_MILLISECONDS])
        return {id.decode(): msgspec.json.decode(said) for id, said in zip(reply[::2], reply[1::2], strict=True)}

    async def _leave(self) -> None:
        try:
            await self._say(b"")
        except (RedisError, OSError):
            _log.debug("could not be struck out")


async def present(redis: Redis) -> set[str]:
    """The ids of the processes that there are, for whoever is none of them. Raises redis.RedisError."""
    seconds, microseconds = await redis.time()
    now = seconds * 1_000 + microseconds // 1_000
    heard: list[bytes] = await redis.zrangebyscore(KEYS[1], now - SILENT_MILLISECONDS, "+inf")  # type: ignore[assignment]
    return {id.decode() for id in heard}
