"""Who is online, as Redis holds it: one sorted set for each scope, by when each person was last seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from sse_board.presence.rules import GONE_SECONDS, Look
from sse_board.stores.redis import send_large

_FOLDER = Path(__file__).parent
#: When somebody was last here is known for so long: milliseconds.
FORGOTTEN_MILLISECONDS = 24 * 3_600_000
#: People in one command: Redis does nothing else for some 5 ms, and for 15 when all of them are new.
PEOPLE_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One person: milliseconds since the epoch, None where it is not known."""

    online: bool
    since: int | None
    last_seen: int | None


class Marks:
    """Each method raises redis.RedisError."""

    def __init__(self, redis: Redis, gone_seconds: float = GONE_SECONDS) -> None:
        self._redis = redis
        self._gone = int(gone_seconds * 1000)
        self._mark = (_FOLDER / "mark.lua").read_text()
        self._look = redis.register_script((_FOLDER / "look.lua").read_text())

    async def mark(self, scope: str, fresh: Collection[str], steady: Collection[str]) -> Look:
        """These people are here, or were a moment ago; the `fresh` may have been away before."""
        rest = iter([*fresh, *steady])
        left = len(fresh)
        while True:
            part = tuple(islice(rest, PEOPLE_AT_ONCE))
            look = await self._send(scope, min(left, len(part)), part)
            left = max(0, left - len(part))
            if len(part) < PEOPLE_AT_ONCE:
                return look

    async def _send(self, scope: str, fresh: int, people: Sequence[str]) -> Look:
        keys = _keys(scope)
        head = ("EVAL", self._mark, len(keys), *keys, self._gone, FORGOTTEN_MILLISECONDS, fresh)
        (reply,) = await send_large(self._redis, (*head, *people))
        return Look(reply[0], reply[1] / 1000)

    async def drop(self, scope: str, people: Collection[str]) -> None:
        """They were never here."""
        seen, since, _ = _keys(scope)
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.zrem(seen, *people)
            pipe.zrem(since, *people)
            await pipe.execute()

    async def here(self, scope: str, limit: int) -> tuple[Look, list[str]]:
        """How many people are in a scope, and who, up to so many."""
        count, milliseconds, people = await self._look(keys=_keys(scope), args=[self._gone, limit])
        return Look(count, milliseconds / 1000), [person.decode() for person in people]

    async def find(self, scope: str, people: Sequence[str]) -> list[Seen]:
        """What is known of each of these people, at least one."""
        found = await self._look(keys=_keys(scope), args=[self._gone, 0, *people])
        return [_seen(*one) for one in found]


def _keys(scope: str) -> tuple[str, str, str]:
    return f"presence:{scope}:seen", f"presence:{scope}:since", f"presence:{scope}:begun"


def _seen(last_seen: bytes, since: bytes, online: Any) -> Seen:
    """Scores come as text, and as empty text where there is none."""
    is_online = bool(online)
    return Seen(
        is_online, int(float(since)) if since and is_online else None, int(float(last_seen)) if last_seen else None
    )
