"""`user:{userId}:rank-changes`: a player's rank on every board, also when somebody else moved it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sse_board.boards.board import Board, Standing
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.reader import BoardReader
from sse_board.clock import Clock, iso
from sse_board.live.event import Event
from sse_board.scores.movers import Move, Movers
from sse_board.scores.standings import Standings, StandingsSource
from sse_board.scores.touched import Touched
from sse_board.version import Version

#: Least time between two messages to one player: rank is news, but not ten times a second.
LEAST_SECONDS = 1.0

#: user id → the name to show, None when nobody has that id.
NameOf = Callable[[str], Awaitable[str | None]]


class RankChangeSource(StandingsSource):
    least_seconds = LEAST_SECONDS

    def __init__(
        self,
        catalog: BoardCatalog,
        reader: BoardReader,
        clock: Clock,
        touched: Touched,
        movers: Movers,
        name_of: NameOf,
    ) -> None:
        super().__init__("rank-changes", catalog, reader, touched)
        self._clock = clock
        self._movers = movers
        self._name_of = name_of

    async def read_many(self, before: Mapping[str, Standings | None]) -> dict[str, Standings]:
        moves = self._movers.all()  # of now: whoever acts while boards are read moved nobody before
        renewed = await super().read_many(before)
        if renewed:
            named = await self._named(moves, next(iter(renewed.values())).read)
            for state in renewed.values():
                state.movers = named
        return renewed

    async def _named(
        self, moves: Mapping[str, Move], read: Mapping[str, Version]
    ) -> Mapping[str, tuple[Move, str]]:
        """The moves that led to what was read, each with the name of whoever made it, if that is known."""
        last = {slug: move for slug, move in moves.items() if read.get(slug) == move.end}
        names = {slug: await self._name_of(move.user_id) for slug, move in last.items()}
        return {slug: (last[slug], name) for slug, name in names.items() if name}

    def _shown(self, standing: Standing) -> str:
        return f"{standing.rank}"

    def snapshot(self, channel: str, state: Standings, previous: str | None) -> Sequence[Event]:
        """Where the player stands: the rank now and before are the same."""
        return [
            self._event(channel, board, standing.rank, standing, None) for board, standing in self._present(state)
        ]

    def delta(self, channel: str, before: Standings, after: Standings) -> Sequence[Event]:
        """Of the boards on which the rank is another; None for a rank that was not or is no more."""
        pairs = ((board, before.places.get(board.slug), after.places.get(board.slug)) for board in self._catalog)
        return [
            self._event(channel, board, _rank(old), new, _cause(board.slug, before, after))
            for board, old, new in pairs
            if _rank(old) != _rank(new)
        ]

    def _event(
        self, channel: str, board: Board, before: int | None, now: Standing | None, cause: tuple[str, str] | None
    ) -> Event:
        data: dict[str, Any] = {
            "board": board.slug,
            "previousRank": before,
            "newRank": now.rank if now else None,
            "score": board.shown(now.score) if now else None,
            "timestamp": iso(self._clock()),
        }
        if cause:
            data["causedBy"] = {"userId": cause[0], "username": cause[1]}
        return Event("rank.changed", data, channel=channel, text=partial(_lines, data))


def _rank(standing: Standing | None) -> int | None:
    return standing.rank if standing else None


def _cause(slug: str, before: Standings, after: Standings) -> tuple[str, str] | None:
    """Who moved the player: whoever alone acted between the two reads, unless it was the player."""
    old, new, last = before.places.get(slug), after.places.get(slug), after.movers.get(slug)
    if old is None or new is None or last is None or old.score != new.score:
        return None
    move, name = last
    known = before.versions.get(slug)
    return (move.user_id, name) if known is not None and move.start <= known else None


def _lines(data: Mapping[str, Any]) -> list[str]:
    before, now = data["previousRank"], data["newRank"]
    by = f"  by {data['causedBy']['username']}" if "causedBy" in data else ""
    if now is None:
        return [f"you  {data['board']}  no rank any more"]
    if before in (None, now):
        return [f"you  {data['board']}  rank {now}"]
    return [f"you  {data['board']}  rank {before} → {now}{by}"]
