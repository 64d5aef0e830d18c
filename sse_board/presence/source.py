"""`presence:site` and the like: how many people are there, in small scopes also who."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from redis import RedisError

from sse_board.clock import Clock, iso
from sse_board.errors import BoardError, Unavailable
from sse_board.live.event import Event
from sse_board.presence.marks import Marks
from sse_board.presence.rules import NAMED_LIMIT, SETTLE_SECONDS, SITE, Count
from sse_board.presence.scopes import Scopes
from sse_board.web.identity import Identity

PREFIX = "presence:"
SITE_CHANNEL = PREFIX + SITE

#: user id → name, of those who exist.
Names = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Picture:
    """`online`: ids and names, None where nobody is named. Not `settled`: people may be missing who are there."""

    count: int
    online: Mapping[str, str] | None = None
    is_partial: bool = False
    is_settled: bool = True


class PresenceSource:
    """Public. Of the site only a count, which is known anyway; other scopes are looked up for who listens."""

    windowed = False
    least_seconds = 1.0

    def __init__(self, marks: Marks, count: Count, scopes: Scopes, names: Names, clock: Clock) -> None:
        self._marks = marks
        self._count = count
        self._scopes = scopes
        self._names = names
        self._clock = clock

    def owns(self, channel: str) -> bool:
        return channel.startswith(PREFIX)

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        scope = channel.removeprefix(PREFIX)
        return None if scope == SITE else await self._scopes.refusal(scope)

    def is_private(self, channel: str) -> bool:
        return False

    async def read(self, channel: str, limit: int) -> Picture:
        if channel == SITE_CHANNEL:
            return Picture(self._count.now, is_partial=self._count.is_partial)
        try:
            look, people = await self._marks.here(channel.removeprefix(PREFIX), NAMED_LIMIT)
        except (RedisError, OSError) as error:
            raise Unavailable("Nobody can tell who is there.") from error
        named = await self._names(people) if look.count <= NAMED_LIMIT else None
        return Picture(look.count, named, is_settled=look.seconds >= SETTLE_SECONDS)

    def narrow(self, state: Picture, limit: int) -> Picture:
        return state

    def newer(self, before: Picture, after: Picture) -> Picture:
        """Nobody left because Redis was emptied."""
        if after.is_settled or before.online is None or after.online is None:
            return after
        online = {**before.online, **after.online}
        return Picture(len(online), online, is_settled=False)

    def snapshot(self, channel: str, state: Picture, previous: str | None) -> Sequence[Event]:
        named = {} if state.online is None else {"online": _listed(state.online)}
        return [self._event(channel, state, named)]

    def delta(self, channel: str, before: Picture, after: Picture) -> Sequence[Event]:
        if self.version(before) == self.version(after):
            return []
        if before.online is None or after.online is None:
            return self.snapshot(channel, after, None)
        joined = {user: name for user, name in after.online.items() if user not in before.online}
        left = {user: name for user, name in before.online.items() if user not in after.online}
        return [self._event(channel, after, {"joined": _listed(joined), "left": _listed(left)})]

    def version(self, state: Picture) -> str:
        return f"{state.count} {state.is_partial} {sorted(state.online or ())}"

    appearance = version

    def _event(self, channel: str, state: Picture, named: Mapping[str, Any]) -> Event:
        scope = channel.removeprefix(PREFIX)
        partial_too = {"partial": True} if state.is_partial else {}
        data = {"scope": scope, "count": state.count, **named, **partial_too, "timestamp": iso(self._clock())}
        return Event("presence.update", data, channel=channel, text=partial(_lines, data))


def _listed(people: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"userId": user, "username": name} for user, name in people.items()]


def _lines(data: Mapping[str, Any]) -> list[str]:
    return [f"online  {data['scope']}  {data['count']}"]
