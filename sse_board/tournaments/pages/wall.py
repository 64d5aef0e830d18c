"""What a wall shows of a tournament: as many rows as can be read from afar, and which rows come next. Pure."""

from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Literal

from sse_board.tournaments.showing.panel import page_parts
from sse_board.tournaments.standings.row import Table
from sse_board.tournaments.tournament import Picture

Show = Literal["standings", "pairings"]

#: Rows of one screen.
WALL_ROWS = 12
#: The window of the stream that holds one screen: rows.
WALL_WINDOW = 25


@dataclass(frozen=True, slots=True)
class Wall:
    """`page` of `pages`, both from 1; `parts` is what the fragment is painted from."""

    page: int
    pages: int
    parts: dict[str, Any]

    @property
    def following(self) -> int:
        return self.page % self.pages + 1


def wall(picture: Picture, table: Table, show: Show, page: int) -> Wall:
    """Screens of one length, nearly. A page that is not there any more is the first."""
    parts = page_parts(picture, table, None)
    rows = len(parts["standings"].rows) if show == "standings" else _boards(parts)
    pages = max(1, ceil(rows / WALL_ROWS))
    page, size = (page if page <= pages else 1), ceil(rows / pages)
    return Wall(page, pages, _cut(parts, slice((page - 1) * size, page * size)) if pages > 1 else parts)


def _boards(parts: dict[str, Any]) -> int:
    play = parts["play"]
    return len(play.round.boards) if play.round else ceil(len(play.participants) / 3)


def _cut(parts: dict[str, Any], rows: slice) -> dict[str, Any]:
    standings, play = parts["standings"], parts["play"]
    entrants = slice(rows.start * 3, rows.stop * 3)
    return {
        "standings": replace(standings, rows=standings.rows[rows]),
        "play": replace(
            play,
            round=play.round and replace(play.round, boards=play.round.boards[rows]),
            participants=play.participants[entrants],
        ),
    }
