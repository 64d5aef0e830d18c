"""What pages show of runs: all that are live, and one with those beside it; read once for all who ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sse_board.sessions.cards import Card, Lanes, beside, by_app, card
from sse_board.sessions.channels import CompetitorsSource, LiveSource
from sse_board.sessions.finding import Finder, canonical
from sse_board.sessions.listing import Listings
from sse_board.shared_reads import SharedReads
from sse_board.version import Version, looks

#: Runs on one page: each is a channel of its stream, and a stream has no more than 50.
LANES_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Live:
    """The newest live runs, by app; `is_full` where there may be more."""

    lanes: tuple[Lanes, ...]
    has_metrics: bool
    is_full: bool
    version: Version

    @property
    def cards(self) -> list[Card]:
        return [card for lane in self.lanes for card in lane.cards]


class RunShowing:
    def __init__(
        self, listings: Listings, finder: Finder, live: LiveSource, competitors: CompetitorsSource
    ) -> None:
        self._listings = listings
        self._finder = finder
        self._live = live
        self._competitors = competitors
        self._lists: SharedReads[Live] = SharedReads()
        self._fields: SharedReads[Mapping[str, Any]] = SharedReads()

    async def all(self, app: str | None) -> Live:
        """Raises Unavailable."""
        return await self._lists.get(app, lambda: self._all(app))

    async def _all(self, app: str | None) -> Live:
        found = await self._listings.newest(app, LANES_LIMIT, 0)
        lanes, is_full = tuple(by_app(found.runs)), len(found.runs) == LANES_LIMIT
        return Live(lanes, found.has_metrics, is_full, looks(lanes, found.has_metrics, is_full))

    async def one(self, run_id: str) -> Card:
        """Raises NotFound, Unavailable."""
        return card(await self._finder.find(canonical(run_id)))

    async def beside(self, run_id: str) -> Mapping[str, Any]:
        """What `fragments/beside.html` is painted from. Raises NotFound, Unavailable."""
        return await self._fields.get(run_id, lambda: self._beside(canonical(run_id)))

    async def _beside(self, run_id: str) -> Mapping[str, Any]:
        field = await self._competitors.read(self._competitors.of(run_id), 0)
        return beside(field.run, field.others)

    def channels(self, run_id: str) -> list[str]:
        return [self._live.of(run_id), self._competitors.of(run_id)]

    def channel(self, run_id: str) -> str:
        """Where one run is told."""
        return self._live.of(run_id)
