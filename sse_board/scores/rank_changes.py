"""`user:{userId}:rank-changes`: a player's rank on every board, also when somebody else moved it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sse_board.boards.board import Place, Standing
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.reader import BoardReader
from sse_board.clock import Clock, iso
from sse_board.live.event import Event
from sse_board.scores.movers import Move, Movers
from sse_board.scores.personal import Places, PlacesSource

#: Least time between two messages to one player: rank is news, but not ten times a second.
LEAST_SECONDS = 1.0

#: user id → the name to show, None when nobody has that id.
NameOf = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Ranks:
    """The places of one read, and the last move of each board with the name of whoever made it."""

    places: Places
    moves: Mapping[str, tuple[Move, str]]


class RankChangeSource(PlacesSource):
    least_seconds = LEAST_SECONDS

    def __init__(
        self, catalog: BoardCatalog, reader: BoardReader, clock: Clock, movers: Movers, name_of: NameOf
    ) -> None:
        super().__init__("rank-changes", catalog, reader, clock)
        self._movers = movers
        self._name_of = name_of

    async def read(self, channel: str, limit: int) -> Any:
        places = await super().read(channel, limit)
        moves = {}
        for slug in places:
            move = self._movers.latest(slug)
            if move and (name := await self._name_of(move.user_id)):
                moves[slug] = (move, name)
        return Ranks(places, moves)

    def newer(self, before: Any, after: Any) -> Any:
        return Ranks(super().newer(before.places, after.places), after.moves)

    def appearance(self, state: Any) -> str:
        return super().appearance(state.places)

    def _shown(self, standing: Standing) -> str:
        return f"{standing.rank}"

    def snapshot(self, channel: str, state: Any, previous: str | None) -> Sequence[Event]:
        """Where the player stands: the rank now and before are the same."""
        return [
            self._event(channel, slug, place.standing.rank, place.standing, None)
            for slug, place in state.places.items()
            if place.standing
        ]

    def delta(self, channel: str, before: Any, after: Any) -> Sequence[Event]:
        """Of the boards on which the rank is another; None for a rank that was not or is no more."""
        events = []
        for slug, place in after.places.items():
            earlier = before.places.get(slug)
            if _rank(earlier) != _rank(place):
                cause = _cause(earlier, place, after.moves.get(slug))
                events.append(self._event(channel, slug, _rank(earlier), place.standing, cause))
        return events

    def _event(
        self, channel: str, slug: str, before: int | None, now: Standing | None, cause: tuple[str, str] | None
    ) -> Event:
        board = self._catalog.get(slug)
        data: dict[str, Any] = {
            "board": slug,
            "previousRank": before,
            "newRank": now.rank if now else None,
            "score": board.shown(now.score) if now else None,
            "timestamp": iso(self._clock()),
        }
        if cause:
            data["causedBy"] = {"userId": cause[0], "username": cause[1]}
        return Event("rank.changed", data, channel=channel, text=partial(_lines, data))


def _rank(place: Place | None) -> int | None:
    return place.standing.rank if place and place.standing else None


def _cause(before: Place | None, now: Place, last: tuple[Move, str] | None) -> tuple[str, str] | None:
    """Who moved the player: whoever alone acted between the two reads, unless it was the player."""
    if before is None or last is None or before.standing is None or now.standing is None:
        return None
    move, name = last
    alone = move.start <= before.version and now.version == move.end
    return (move.user_id, name) if alone and before.standing.score == now.standing.score else None


def _lines(data: Mapping[str, Any]) -> list[str]:
    before, now = data["previousRank"], data["newRank"]
    by = f"  by {data['causedBy']['username']}" if "causedBy" in data else ""
    if now is None:
        return [f"you  {data['board']}  no rank any more"]
    if before in (None, now):
        return [f"you  {data['board']}  rank {now}"]
    return [f"you  {data['board']}  rank {before} → {now}{by}"]
