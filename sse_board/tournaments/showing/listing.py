"""Tournaments beside each other: pages of them, and the overview."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import msgspec

from sse_board.errors import Unavailable
from sse_board.shared_reads import SharedReads
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tournaments.payloads import tournament_payload
from sse_board.tournaments.rules import participant_count
from sse_board.tournaments.showing.recent import Recent
from sse_board.tournaments.tournament import Picture, Tournament, TournamentStatus

_queries = Queries("tournament_lists")

#: Tournaments of one answer, at the most: some hundred bytes each.
LISTED_LIMIT = 100
#: Active ones that an overview names.
ACTIVE_LIMIT = 50
#: Answers that are kept for when the database is silent: some 50 KB each.
KEPT = 16

T = TypeVar("T")


class Listed(msgspec.Struct, frozen=True, array_like=True):
    """`round`: the newest that was paired, 0 before the first. `playing`: games under way."""

    tournament: Tournament
    participant_count: int
    round: int
    playing: int = 0

    def payload(self) -> dict[str, Any]:
        return tournament_payload(self.tournament, self.participant_count, self.round)


class Page(msgspec.Struct, frozen=True, array_like=True):
    """`total`: of all pages."""

    total: int
    tournaments: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """How many there are in each state, and the newest that are active."""

    upcoming: int
    active: int
    completed: int
    active_tournaments: tuple[Listed, ...]

    @property
    def total(self) -> int:
        return self.upcoming + self.active + self.completed


_decoder = msgspec.json.Decoder(Page)


def summary(picture: Picture) -> Listed:
    """The same of one tournament that is known as a whole."""
    paired = [round.number for round in picture.rounds if round.status != "pairing"]
    playing = sum(game.status == "active" for round in picture.rounds for game in round.games)
    return Listed(picture.tournament, participant_count(picture), max(paired, default=0), playing)


class Listing:
    """Read anew for whoever asks, once for all who ask at the same time; while the database is silent, as it was
    known last."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._reads: SharedReads[Any] = SharedReads()
        self._known: Recent[Hashable, Any] = Recent(KEPT)

    async def overview(self) -> Overview:
        """Raises Unavailable."""
        return await self._shared("overview", self._overview)

    async def page(self, status: TournamentStatus | None, limit: int, offset: int) -> Page:
        """The newest first. Raises Unavailable."""
        return await self._shared((status, limit, offset), partial(self._page, status, limit, offset))

    async def _shared(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        try:
            found: T = await self._reads.get(key, read)
        except Unavailable:
            known: T | None = self._known.get(key)
            if known is None:
                raise
            return known
        self._known.put(key, found)
        return found

    async def _overview(self) -> Overview:
        counts: dict[str, int] = dict(await self._postgres.all(_queries.counts))
        active = await self._page("active", ACTIVE_LIMIT, 0)
        return Overview(
            counts.get("upcoming", 0), counts.get("active", 0), counts.get("completed", 0), active.tournaments
        )

    async def _page(self, status: TournamentStatus | None, limit: int, offset: int) -> Page:
        row = await self._postgres.one(_queries.listed, status=status, limit=limit, offset=offset)
        assert row is not None
        return _decoder.decode(row[0])
