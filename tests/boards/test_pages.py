"""The one stream of a page, and the way from one kiosk page to the next."""

import pytest

from sse_board.boards.pages import stream_url
from sse_board.boards.wall import next_url
from sse_board.live.channels import CHANNELS_LIMIT
from sse_board.web.following import RESERVED_CHANNELS


def test_a_page_names_its_boards() -> None:
    assert stream_url(["a", "b"], 10) == "/api/v1/stream?channels=leaderboard:a,leaderboard:b&format=html&limit=10"


def test_a_page_with_more_boards_than_a_stream_may_name_asks_for_all() -> None:
    slugs = [f"board-{number}" for number in range(CHANNELS_LIMIT - RESERVED_CHANNELS + 1)]
    assert "leaderboard:*" not in stream_url(slugs[1:], 10)
    assert "channels=leaderboard:*&" in stream_url(slugs, 10)


@pytest.mark.parametrize(("slug", "following"), [("a", "b"), ("b", "c"), ("c", "a"), ("elsewhere", "a")])
def test_a_kiosk_goes_round(slug: str, following: str) -> None:
    assert next_url(slug, ["a", "b", "c"], "rotate=a,b,c") == f"/kiosk/{following}?rotate=a,b,c"
