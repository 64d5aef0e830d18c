"""What comes with every system, curl and a text browser, reads what a browser with script shows."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.clients.followers import CURL, run
from tests.support.clients import Api, Player, parse
from tests.support.servers import Stores, WebServer

BOARD, THROW = "javelin", "throw"
STREAM = f"/api/v1/stream?channels=leaderboard:{BOARD}&format=text"
REST = f"/api/v1/scores/leaderboard?board={BOARD}"
#: Rank, movement, name, score and time of a row.
ROW = re.compile(r"(\d+)(?: +(?:up|down) \d+)? +(\S.*?) +([\d,]+) +\d{4}-\d\d-\d\d \d\d:\d\d")
FIELDS = ("Username", "Email", "Password")
#: Best first, with what they throw; letters of several scripts, one of them from right to left.
THROWS = {"Jan Železný": 9848, "Uwe Hohn": 9284, "Юлия Орлова": 9276, "محمد علي": 9072, "李铁军": 8900}
#: Seconds that curl listens to a stream that does not end, and how curl says that its time was over.
LISTENING, TIME_IS_OVER = "0.5", 28


@pytest.fixture(scope="module")
def site(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    return serve(stores)


@pytest_asyncio.fixture(scope="module")
async def throwers(site: WebServer, stores: Stores) -> AsyncIterator[list[Player]]:
    async with Api(site.url) as api:
        await (await api.admin(stores)).make_board(BOARD, THROW, title="Javelin", unit="cm", policy="best")
        players = await api.register_all(list(THROWS))
        await asyncio.gather(*(one.score(THROW, THROWS[one.username]) for one in players))
        yield players


# --- curl ---


def parted(answer: str) -> tuple[str, list[tuple[str, str]], str]:
    """Status line, headers, and body of what `curl --include` printed."""
    head, _, body = answer.partition("\r\n\r\n")
    status, *lines = head.split("\r\n")
    return status, [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)], body


@pytest.mark.parametrize("option", ["--http1.1", "--http1.0", "--compressed"])
async def test_curl_reads_a_stream_in_any_manner(site: WebServer, throwers: list[Player], option: str) -> None:
    listen = (*CURL, "--no-buffer", "--include", "--max-time", LISTENING, option)
    status, headers, body = parted(await run(*listen, site.url + STREAM, status=TIME_IS_OVER))
    assert status == "HTTP/1.1 200 OK"
    assert ("content-type", "text/event-stream; charset=utf-8") in headers
    assert "content-encoding" not in dict(headers), "compressing would hold frames back"
    said = [value for name, value in headers if name == "connection"]
    assert said == (["close"] if option == "--http1.0" else [])
    lines = body.splitlines()
    assert lines[0] == f"data: listening to leaderboard:{BOARD}"
    assert [line for line in lines if "  1.  " in line] == [f"data: {BOARD}    1.  Jan Železný  9848 cm"]


async def test_a_head_request_ends_where_a_stream_would_not(site: WebServer) -> None:
    status, headers, body = parted(await run(*CURL, "--head", site.url + STREAM))
    assert (status, body) == ("HTTP/1.1 200 OK", "")
    assert ("content-type", "text/event-stream; charset=utf-8") in headers


async def test_curl_asks_for_a_board_only_when_it_has_changed(
    site: WebServer, throwers: list[Player], tmp_path: Path
) -> None:
    tag, board = tmp_path / "tag", tmp_path / "board.json"
    conditional = ("--etag-save", str(tag), "--etag-compare", str(tag), "--output", str(board))
    command = (*CURL, *conditional, "--write-out", "%{http_code}", f"{site.url}{REST}")
    assert await run(*command) == "200"
    first = board.read_bytes()
    assert [await run(*command), await run(*command)] == ["304", "304"]
    assert board.read_bytes() == first
    await throwers[4].score(THROW, 8901)
    assert await run(*command) == "200"
    assert parse(board.read_bytes())["data"]["leaderboard"][4]["score"] == 8901
    assert await run(*command) == "304"


# --- w3m ---


async def dumped(site: WebServer, path: str) -> list[str]:
    """A page as the text browser shows it, line by line; nothing of a script may be there."""
    text = await run("w3m", "-dump", "-cols", "100", "-O", "UTF-8", site.url + path)
    assert not re.search(r"script|function|htmx|[{}<>]|=>|&\w+;", text, re.IGNORECASE), text
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("path", ["/", f"/boards/{BOARD}", f"/kiosk/{BOARD}"])
async def test_a_text_browser_shows_the_rows_in_order(site: WebServer, throwers: list[Player], path: str) -> None:
    lines = await dumped(site, path)
    rows = [found.groups() for line in lines if (found := ROW.fullmatch(line))]
    ours = [(int(rank), name, int(score.replace(",", ""))) for rank, name, score in rows if name in THROWS]
    async with Api(site.url) as api:
        shown = (await api.board(BOARD))["leaderboard"]
    assert ours == [(row["rank"], row["username"], row["score"]) for row in shown]
    assert "Javelin" in lines
    assert "5 players" in lines
    assert "Reloads every 5 seconds" in lines


async def test_a_text_browser_says_when_a_wall_turns_to_the_next_board(
    site: WebServer, throwers: list[Player]
) -> None:
    lines = await dumped(site, f"/kiosk/{BOARD}?rotate={BOARD},overall&seconds=20")
    assert "Reloads every 20 seconds" in lines
    assert any(f"/kiosk/overall?rotate={BOARD},overall&seconds=20" in line for line in lines)


@pytest.mark.parametrize(("path", "fields"), [("/login", FIELDS[::2]), ("/register", FIELDS)])
async def test_a_text_browser_shows_the_forms(site: WebServer, path: str, fields: tuple[str, ...]) -> None:
    lines = await dumped(site, path)
    text = "\n".join(lines)
    for name in fields:
        assert re.search(rf"^{name}\b[^\[]*\[ +\]$", text, re.MULTILINE), name
    assert len(re.findall(r"\[ +\]", text)) == len(fields)
