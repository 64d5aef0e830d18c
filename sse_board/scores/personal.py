"""`user:{userId}:score`: what a player's own actions did, and their voids, as a state that can be compared."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from sse_board.boards.board import Board, Place, Standing
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.reader import BoardReader
from sse_board.clock import Clock, iso
from sse_board.live.event import Event
from sse_board.live.personal import PersonalChannels
from sse_board.web.answers import plain_number

#: board → the player's place on it.
Places = Mapping[str, Place]


class PlacesSource(PersonalChannels):
    """Where a player stands on every board, as a state that can be compared."""

    windowed = False
    least_seconds = 0.0

    def __init__(self, suffix: str, catalog: BoardCatalog, reader: BoardReader, clock: Clock) -> None:
        super().__init__(suffix)
        self._catalog = catalog
        self._reader = reader
        self._clock = clock

    async def read(self, channel: str, limit: int) -> Places:
        boards = list(self._catalog)
        places = await self._reader.places(boards, channel.split(":")[1])
        return {board.slug: place for board, place in zip(boards, places, strict=True)}

    def narrow(self, state: Places, limit: int) -> Places:
        return state

    def newer(self, before: Places, after: Places) -> Places:
        """Board by board: one may be read from a store that fell behind."""
        return {
            slug: before[slug] if slug in before and before[slug].version > place.version else place
            for slug, place in after.items()
        }

    def version(self, state: Places) -> str:
        return self.appearance(state)

    def appearance(self, state: Places) -> str:
        return " ".join(f"{slug}:{self._shown(place.standing)}" for slug, place in state.items() if place.standing)

    def _shown(self, standing: Standing) -> str:
        """All of a standing that this channel tells."""
        return f"{standing.score}:{standing.points}"


class PersonalScoreSource(PlacesSource):
    """What an action awarded is the difference of the points so far, so actions that fall into one read are told
    as one, and a lost hint loses nothing."""

    def __init__(self, catalog: BoardCatalog, reader: BoardReader, clock: Clock) -> None:
        super().__init__("score", catalog, reader, clock)

    def snapshot(self, channel: str, state: Places, previous: str | None) -> Sequence[Event]:
        return [
            self._event(channel, slug, place.standing, place.standing)
            for slug, place in state.items()
            if place.standing
        ]

    def delta(self, channel: str, before: Places, after: Places) -> Sequence[Event]:
        """A changed rank alone is somebody else's doing and not told here; no score any more is."""
        earlier = {slug: place.standing for slug, place in before.items()}
        return [
            self._event(channel, slug, earlier.get(slug), place.standing)
            for slug, place in after.items()
            if _told(earlier.get(slug)) != _told(place.standing)
        ]

    def _event(self, channel: str, slug: str, before: Standing | None, now: Standing | None) -> Event:
        board = self._catalog.get(slug)
        points = (now.points if now else 0) - (before.points if before else 0)
        data = {
            "board": slug,
            "previousScore": _shown_before(board, before),
            "newScore": board.shown(now.score) if now else None,
            "pointsAwarded": plain_number(Decimal(points)),
            "rank": now.rank if now else None,
            "timestamp": iso(self._clock()),
        }
        return Event("score.personal", data, channel=channel, text=partial(_lines, data))


def _lines(data: Mapping[str, Any]) -> list[str]:
    if data["newScore"] is None:
        return [f"you  {data['board']}  no score any more"]
    gained = f"  {data['pointsAwarded']:+} points" if data["pointsAwarded"] else ""
    return [f"you  {data['board']}  {data['newScore']}{gained}, rank {data['rank']}"]


def _told(standing: Standing | None) -> tuple[int, int | Decimal] | None:
    return (standing.score, standing.points) if standing else None


def _shown_before(board: Board, before: Standing | None) -> Any:
    if before is None:
        return 0 if board.policy == "sum" else None
    return board.shown(before.score)
