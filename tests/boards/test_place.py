"""Where a reader stands, and at which address a window is found again."""

from datetime import UTC, datetime

import pytest

from sse_board.boards.board import Board, Row, Window
from sse_board.boards.panel import panel
from sse_board.boards.place import OwnPlace, own_place
from sse_board.boards.rules import ranked
from sse_board.version import Version

AT = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)
POINTS = Board("scoreboard", "Scoreboard", "points", "sum", "desc", 0, "shared", 1)
SECONDS = Board("sprint", "Sprint", "s", "best", "asc", 2, "first", 1)


def window(board: Board, *scores: int, offset: int = 0, limit: int = 10, total: int = 0) -> Window:
    """Players `p1`, `p2`, … with these scores, the first of them at `offset`."""
    rows = [Row(f"p{at}", f"Player {at}", None, score, at, 0, AT) for at, score in enumerate(scores, 1)]
    entries = ranked(board, rows, offset=offset, first_rank=offset + 1)
    return Window(board, Version(1, 7), entries, total or len(rows), limit, offset, AT)


@pytest.mark.parametrize(
    ("board", "scores", "player", "place"),
    [
        (POINTS, (5_000, 1_240), "p2", OwnPlace(2, "1,240", "Player 1", "3,760")),
        (POINTS, (5_000, 1_240), "p1", OwnPlace(1, "5,000", "Player 2", "3,760", is_ahead=True)),
        (POINTS, (70, 70, 5), "p2", OwnPlace(1, "70", "Player 1", None)),
        (POINTS, (70,), "p1", OwnPlace(1, "70")),
        (POINTS, (70,), "stranger", OwnPlace()),
        (POINTS, (), "stranger", OwnPlace()),
        (SECONDS, (1_012, 1_150), "p2", OwnPlace(2, "11.50", "Player 1", "1.38")),
    ],
)
def test_a_place_is_told_by_its_distance_to_the_next(
    board: Board, scores: tuple[int, ...], player: str, place: OwnPlace
) -> None:
    assert own_place(window(board, *scores), player) == place


def test_who_is_first_of_a_window_further_down_leads_nothing() -> None:
    assert own_place(window(POINTS, 50, 40, offset=100), "p1") == OwnPlace(101, "50")


@pytest.mark.parametrize(
    ("offset", "total", "before", "after"),
    [(0, 90, None, None), (0, 101, None, 2), (100, 201, 1, 3), (200, 201, 2, None), (50, 201, None, None)],
)
def test_pages_of_a_hundred_lead_to_those_beside_them(
    offset: int, total: int, before: int | None, after: int | None
) -> None:
    pages = panel(window(POINTS, 1, offset=offset, limit=100, total=total)).pages
    assert (pages.before, pages.after) == (before, after)


def test_a_window_is_polled_where_it_was_found() -> None:
    first, second = panel(window(POINTS, 1)), panel(window(POINTS, 1, offset=100, limit=100))
    around = panel(window(POINTS, 1, offset=7, limit=21), "me", 10)
    here = "/api/v1/scores/leaderboard?board=scoreboard"
    assert (first.channel, first.poll) == ("leaderboard:scoreboard", f"{here}&limit=10&format=html")
    assert (second.channel, second.poll) == (None, f"{here}&limit=100&offset=100&format=html")
    assert (around.channel, around.poll) == (None, f"{here}&around=me&radius=10&format=html")
