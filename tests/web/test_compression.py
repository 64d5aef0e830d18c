"""What people look at is compressed, what programs read is not, and streams begin at once."""

import httpx
import pytest

from tests.support.servers import WebServer


@pytest.mark.parametrize(
    ("path", "accept", "compressed"),
    [
        ("/", "text/html", True),
        ("/api/v1/scores/leaderboard?board=scoreboard", "application/json", False),
        ("/api/v1/openapi.yaml", "*/*", False),
        ("/static/site.css", "text/css", True),
        ("/static/site.js", "*/*", True),
        ("/static/vendor/htmx/htmx.min.js", "*/*", True),
    ],
)
def test_pages_scripts_and_styles_are_compressed(
    shared_server: WebServer, path: str, accept: str, compressed: bool
) -> None:
    answer = httpx.get(shared_server.url + path, headers={"Accept": accept, "Accept-Encoding": "gzip"})
    assert answer.status_code in (200, 404)
    assert (answer.headers.get("Content-Encoding") == "gzip") is compressed


def test_a_stream_is_neither_compressed_nor_held_back(shared_server: WebServer) -> None:
    headers = {"Accept": "text/html, text/event-stream", "Accept-Encoding": "gzip"}
    with httpx.stream("GET", f"{shared_server.url}/api/v1/stream?channels=system", headers=headers) as stream:
        assert "Content-Encoding" not in stream.headers
        assert "event: connected" in next(stream.iter_text())


def test_what_a_browser_may_keep_for_ever_is_the_same_in_one_file(shared_server: WebServer) -> None:
    page = httpx.get(shared_server.url).text
    build = page.partition('data-build="')[2].partition('"')[0]
    answer = httpx.get(f"{shared_server.url}/static/{build}/site.js")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.text == httpx.get(f"{shared_server.url}/static/site.js").text


def test_a_page_of_another_build_gets_what_there_is_but_may_not_keep_it(shared_server: WebServer) -> None:
    for name in ("site.css", "vendor/htmx/htmx.min.js"):
        answer = httpx.get(f"{shared_server.url}/static/0123456789ab/{name}")
        assert answer.text == httpx.get(f"{shared_server.url}/static/{name}").text
        assert "immutable" not in answer.headers.get("Cache-Control", "")
