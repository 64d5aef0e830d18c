"""A window as people read it: what the templates show."""

from dataclasses import dataclass
from urllib.parse import urlencode

from sse_board.boards.board import Board, Entry, Window
from sse_board.clock import iso

LEADERBOARD = "/api/v1/scores/leaderboard"
#: Rows of a board on a page of its own: a window that streams offer.
PAGE_ROWS = 100


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
class Pages:
    """The pages of a board before and after one, counted from 1."""

    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Panel:
    """`channel` carries it, if one does; at `poll` it is found again. `first`: the place of its first row."""

    board: Board
    limit: int
    entries: tuple[PanelEntry, ...]
    total: int
    version: str
    updated_at: str | None
    channel: str | None
    poll: str
    first: int
    pages: Pages


def panel(window: Window, around: str | None = None, radius: int = 0) -> Panel:
    """`around` and `radius`: of whom, and how wide, where that was asked for instead of the first rows."""
    return Panel(
        window.board,
        window.limit,
        tuple(_entry(window, entry) for entry in window.entries),
        window.total,
        str(window.version),
        iso(window.updated_at) if window.total else None,
        None if around or window.offset else f"leaderboard:{window.board.slug}",
        _poll(window, around, radius),
        window.offset + 1,
        Pages(None, None) if around else pages(window),
    )


def _entry(window: Window, entry: Entry) -> PanelEntry:
    board = window.board
    return PanelEntry(
        entry.position,
        entry.rank,
        entry.user_id,
        entry.username,
        entry.avatar_url,
        score_of(board, entry.score),
        iso(entry.achieved_at),
        entry.previous_rank,
        entry.rank_change,
        window.velocity(entry),
    )


def score_of(board: Board, score: int) -> str:
    """`1,240.5`: with the decimals of the board."""
    return f"{board.shown(score):,.{board.decimals}f}"


def _poll(window: Window, around: str | None, radius: int) -> str:
    rows = {"around": around, "radius": radius} if around else {"limit": window.limit}
    if window.offset and not around:
        rows["offset"] = window.offset
    return f"{LEADERBOARD}?{urlencode({'board': window.board.slug, **rows, 'format': 'html'})}"


def pages(window: Window) -> Pages:
    """Of windows that are pages: they are as long as pages are, and none is cut in two."""
    number, rest = divmod(window.offset, PAGE_ROWS)
    if window.limit != PAGE_ROWS or rest:
        return Pages(None, None)
    is_last = window.offset + PAGE_ROWS >= window.total
    return Pages(number or None, None if is_last else number + 2)
