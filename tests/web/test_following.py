"""What a page follows besides its own channels."""

from sse_board.web.following import followed

PAGE = "/api/v1/stream?channels=leaderboard:a,leaderboard:b&format=html&limit=10"
OWN = "user:me:notifications,user:me:achievements"


def test_a_page_is_told_what_everybody_is_and_what_its_viewer_is() -> None:
    begin = "/api/v1/stream?channels=leaderboard:a,leaderboard:b,system"
    assert followed(PAGE, None) == f"{begin}&format=html&limit=10"
    assert followed(PAGE, object()) == f"{begin},{OWN}&format=html&limit=10"


def test_a_page_without_channels_is_told_it_too() -> None:
    assert followed("", None) == "/api/v1/stream?channels=system&format=html"
    assert followed("", object()) == f"/api/v1/stream?channels=system,{OWN}&format=html"
