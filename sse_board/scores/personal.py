"""`user:{userId}:score`: what a player's own actions did, as a state that can be compared."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sse_board.boards.board import Board, Standing
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.reader import BoardReader
from sse_board.clock import Clock, iso
from sse_board.errors import BoardError, Forbidden, Unauthorized
from sse_board.live.event import Event
from sse_board.live.feed import Feed
from sse_board.web.answers import plain_number
from sse_board.web.identity import Identity

PREFIX, SUFFIX, MINE = "user:", ":score", "user:me:*"


@dataclass(frozen=True, slots=True)
class Scores:
    """Where one player stands on every board that has them."""

    standings: Mapping[str, Standing]


class PersonalScoreSource:
    """Private to the player and admins. What an action awarded is the difference of the points so far, so actions
    that fall into one read are told as one, and a lost hint loses nothing."""

    windowed = False

    def __init__(self, catalog: BoardCatalog, reader: BoardReader, clock: Clock) -> None:
        self._catalog = catalog
        self._reader = reader
        self._clock = clock

    def owns(self, channel: str) -> bool:
        """`user:me:*` too: to whom nobody is known, it is refused and not unknown."""
        return channel == MINE or (
            channel.startswith(PREFIX) and channel.endswith(SUFFIX) and channel.count(":") == 2
        )

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return [channel_of(identity.user_id)] if identity and pattern in (MINE, channel_of("me")) else []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        if identity is None:
            return Unauthorized()
        allowed = identity.role == "ADMIN" or channel == channel_of(identity.user_id)
        return None if allowed else Forbidden()

    def is_private(self, channel: str) -> bool:
        return True

    async def read(self, channel: str, limit: int) -> Scores:
        user_id, boards = channel.split(":")[1], list(self._catalog)
        found = await asyncio.gather(*(self._reader.standing(board.slug, user_id) for board in boards))
        return Scores({board.slug: one for board, one in zip(boards, found, strict=True) if one})

    def narrow(self, state: Scores, limit: int) -> Scores:
        return state

    def snapshot(self, channel: str, state: Scores, previous: str | None) -> Sequence[Event]:
        return [self._event(channel, slug, one, one) for slug, one in state.standings.items()]

    def delta(self, channel: str, before: Scores, after: Scores) -> Sequence[Event]:
        """A changed rank alone is somebody else's doing and not told here."""
        return [
            self._event(channel, slug, before.standings.get(slug), standing)
            for slug, standing in after.standings.items()
            if _acted(before.standings.get(slug), standing)
        ]

    def version(self, state: Scores) -> str:
        return ""

    def _event(self, channel: str, slug: str, before: Standing | None, now: Standing) -> Event:
        board = self._catalog.get(slug)
        points = now.points - (before.points if before else 0)
        data = {
            "board": slug,
            "previousScore": _shown_before(board, before),
            "newScore": board.shown(now.score),
            "pointsAwarded": plain_number(Decimal(points)),
            "rank": now.rank,
            "timestamp": iso(self._clock()),
        }
        return Event("score.personal", data, channel=channel)


class PersonalScoreWatch:
    """Turns changes of boards into changes of the score channels that somebody listens to."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def changed(self, board: str, users: Sequence[str] | None) -> None:
        """None for `users` means anybody."""
        channels = (
            [channel for channel in self._feed.channels if channel.endswith(SUFFIX)]
            if users is None
            else map(channel_of, users)
        )
        for channel in channels:
            self._feed.changed(channel)


def channel_of(user_id: str) -> str:
    return f"{PREFIX}{user_id}{SUFFIX}"


def _acted(before: Standing | None, now: Standing) -> bool:
    return before is None or (before.score, before.points) != (now.score, now.points)


def _shown_before(board: Board, before: Standing | None) -> Any:
    if before is None:
        return 0 if board.policy == "sum" else None
    return board.shown(before.score)
