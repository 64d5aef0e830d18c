"""`user:{userId}:score`: what a player's own actions did, and their voids, as a state that can be compared."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from sse_board.boards.board import Board, Standing
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.reader import BoardReader
from sse_board.clock import Clock, iso
from sse_board.live.event import Event
from sse_board.scores.standings import Standings, StandingsSource
from sse_board.scores.touched import Touched
from sse_board.web.answers import plain_number


class PersonalScoreSource(StandingsSource):
    """What an action awarded is the difference of the points so far, so actions that fall into one read are told
    as one, and a lost hint loses nothing."""

    def __init__(self, catalog: BoardCatalog, reader: BoardReader, clock: Clock, touched: Touched) -> None:
        super().__init__("score", catalog, reader, touched)
        self._clock = clock

    def _shown(self, standing: Standing) -> str:
        return f"{standing.score}:{standing.points}"

    def snapshot(self, channel: str, state: Standings, previous: str | None) -> Sequence[Event]:
        return [self._event(channel, board, standing, standing) for board, standing in self._present(state)]

    def delta(self, channel: str, before: Standings, after: Standings) -> Sequence[Event]:
        """A changed rank alone is somebody else's doing and not told here; no score any more is."""
        pairs = ((board, before.places.get(board.slug), after.places.get(board.slug)) for board in self._catalog)
        return [self._event(channel, board, old, new) for board, old, new in pairs if _told(old) != _told(new)]

    def _event(self, channel: str, board: Board, before: Standing | None, now: Standing | None) -> Event:
        points = (now.points if now else 0) - (before.points if before else 0)
        data = {
            "board": board.slug,
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
