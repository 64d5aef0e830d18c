"""Scopes of presence beside the whole site: the people who listen to the channels of one thing."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from typing import Protocol

from sse_board.errors import BoardError, NotFound
from sse_board.live.delivery.connection import Connection

#: Connections that are looked at before others have a turn.
TURN = 1_000

#: scope → the ids of its people.
People = dict[str, set[str]]


class Scopes(Protocol):
    """What a room with scopes of its own hands over."""

    def of(self, channel: str) -> str | None:
        """The scope of those who listen to the channel; None for none."""

    async def refusal(self, scope: str) -> BoardError | None:
        """Why nobody may listen to the presence of a scope; None when everybody may."""


class NoScopes:
    """Only the site."""

    def of(self, channel: str) -> str | None:
        return None

    async def refusal(self, scope: str) -> BoardError | None:
        return NotFound("There is no such channel.")


async def people_by_scope(connections: Collection[Connection], scopes: Scopes) -> People:
    """Who listens here to which scope's channels. Each channel is asked about once."""
    known: dict[str, str | None] = {}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for number, connection in enumerate(list(connections)):
        if connection.identity is not None:
            for channel in connection.channels:
                scope = known[channel] if channel in known else known.setdefault(channel, scopes.of(channel))
                if scope is not None:
                    found[scope].add(connection.identity.user_id)
        if number % TURN == TURN - 1:
            await asyncio.sleep(0)
    return dict(found)
