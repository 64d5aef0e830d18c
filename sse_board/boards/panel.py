"""A window as people read it: what the templates show."""

from dataclasses import dataclass

from sse_board.boards.board import Board, Window
from sse_board.clock import iso


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """One row; `score` is formatted text, `achieved_at` ISO text, `rank_change` and `velocity` positive for moved
    up."""

    position: int
    rank: int
    user_id: str
    username: str
    avatar_url: str | None
    score: str
    achieved_at: str
    previous_rank: int | None
    rank_change: int | None
    velocity: int | None


@dataclass(frozen=True, slots=True)
class Panel:
    board: Board
    limit: int
    entries: tuple[PanelEntry, ...]
    total: int
    version: str
    updated_at: str | None


def panel(window: Window) -> Panel:
    board = window.board
    entries = tuple(
        PanelEntry(
            entry.position,
            entry.rank,
            entry.user_id,
            entry.username,
            entry.avatar_url,
            f"{board.shown(entry.score):,.{board.decimals}f}",
            iso(entry.achieved_at),
            entry.previous_rank,
            entry.rank_change,
            window.velocity(entry),
        )
        for entry in window.entries
    )
    updated_at = iso(window.updated_at) if window.total else None
    return Panel(board, window.limit, entries, window.total, str(window.version), updated_at)
