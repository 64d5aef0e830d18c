"""Players against a real server: scoring, coming back, staying away from trouble, ending."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sse_board import ROOT
from sse_board.clock import utc_now
from sse_board.demo.client import Client
from sse_board.demo.players import Player, cast
from sse_board.demo.simulation import simulate
from sse_board.demo.transport import Refused, Transport, connect
from sse_board.settings import Key, load_settings
from sse_board.tasks import stop
from tests.support.clients import eventually
from tests.support.servers import Stores, WebServer, clean_environment, free_port

BOARDS = ("scoreboard", "overall", "typing_wpm", "math_accuracy", "reading_comprehension", "piano_score")
#: Seconds after which boards that have not filled never will: some six are enough where nothing else runs.
FILLED_SECONDS = 25.0


@pytest.fixture(scope="module")
def server(serve: Callable[..., WebServer], stores: Stores) -> WebServer:
    return serve(stores, SESSION_MIN_SECONDS=1)


@pytest.fixture
def keys(stores: Stores) -> tuple[Key, ...]:
    return load_settings(stores.environment).action_keys


@pytest.fixture
async def transport(server: WebServer) -> AsyncIterator[Transport]:
    async with connect(server.url) as http:
        yield Transport(http, Random(1))


def board(url: str, slug: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/api/v1/scores/leaderboard?board={slug}&limit=100", timeout=5) as answer:
        data: dict[str, Any] = json.load(answer)["data"]
        return data


async def play(url: str, keys: tuple[Key, ...], names: int, seconds: float) -> None:
    """The first few of the cast, for some seconds."""
    dice = Random(2)
    async with connect(url) as http:
        transport = Transport(http, dice)

        def new_client(player: Player) -> Client:
            return Client(transport, player.name, keys, utc_now)

        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(simulate(cast(Random(7))[:names], new_client, utc_now, dice, 1.0), seconds)


async def test_a_few_players_fill_several_boards(server: WebServer, keys: tuple[Key, ...]) -> None:
    def filled() -> bool:
        totals = {slug: board(server.url, slug)["total"] for slug in BOARDS}
        everybody = totals["scoreboard"] == totals["overall"] == 12
        return everybody and all(total >= 2 for total in totals.values())

    playing = asyncio.create_task(play(server.url, keys, 12, FILLED_SECONDS))
    await eventually(lambda: asyncio.to_thread(filled), FILLED_SECONDS, every=0.2)
    await stop([playing])


async def test_a_player_that_comes_back_is_the_same_one(transport: Transport, keys: tuple[Key, ...]) -> None:
    """A restart: nothing is remembered but the installation's key, which was rotated meanwhile."""
    first = await Client(transport, "Back Again", keys, utc_now).act("task_finish", {})
    rotated = (Key("new", b"n" * 32), *keys)
    second = await Client(transport, "Back Again", rotated, utc_now).act("task_finish", {})
    assert [told.score for told in (*first.boards, *second.boards)] == [10, 20]


async def test_outsiders_cannot_log_in_as_a_demo_player(transport: Transport, keys: tuple[Key, ...]) -> None:
    await Client(transport, "Guarded Name", keys, utc_now).act("task_finish", {})
    stranger = Client(transport, "Guarded Name", (Key("x", b"x" * 32),), utc_now)
    with pytest.raises(Refused) as refused:
        await stranger.act("task_finish", {})
    assert refused.value.status == 401
    assert refused.value.wait >= 60


async def test_tokens_are_renewed_before_they_end(transport: Transport, keys: tuple[Key, ...]) -> None:
    ahead = timedelta()
    client = Client(transport, "Long Player", keys, lambda: utc_now() + ahead)
    await client.start_run("math")
    first = client.grant
    await client.start_run("math")
    assert client.grant is first
    ahead = timedelta(minutes=14, seconds=30)
    await client.start_run("math")
    assert client.grant is not None
    assert first is not None
    assert client.grant.refresh_token != first.refresh_token


async def test_an_ended_login_is_entered_anew(
    server: WebServer, transport: Transport, keys: tuple[Key, ...]
) -> None:
    client = Client(transport, "Ended Login", keys, utc_now)
    await client.start_run("math")
    assert client.grant is not None
    async with connect(server.url) as http:
        bearer = {"Authorization": f"Bearer {client.grant.access_token}"}
        assert (await http.post("/api/v1/auth/logout", headers=bearer)).is_success
    with pytest.raises(Refused):
        await client.start_run("math")
    assert await client.start_run("math")


async def test_too_many_actions_are_told_how_long_to_wait(transport: Transport, keys: tuple[Key, ...]) -> None:
    client = Client(transport, "Eager Beaver", keys, utc_now)
    for _ in range(10):
        await client.act("task_finish", {})
    with pytest.raises(Refused) as refused:
        await client.act("task_finish", {})
    assert refused.value.status == 429
    assert 30 < refused.value.wait <= 60


def test_players_outlive_their_server_and_end_at_once(
    serve: Callable[..., WebServer], own_stores: Stores, tmp_path: Path
) -> None:
    """They start before it does, as under `up`, and hold out while it is restarted."""
    port = free_port()
    with players(port, own_stores, tmp_path / "players.log") as process:
        server = serve(own_stores, port=port, SESSION_MIN_SECONDS=1)
        wait_for(lambda: score(server.url) > 0)
        server.stop()
        server = serve(own_stores, port=port, SESSION_MIN_SECONDS=1)
        before = score(server.url)
        wait_for(lambda: score(server.url) > before)
        process.send_signal(signal.SIGTERM)
        assert process.wait(1.0) == 0
    assert "Traceback" not in (tmp_path / "players.log").read_text()


@contextlib.contextmanager
def players(port: int, stores: Stores, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**clean_environment(), **stores.environment, "SESSION_MIN_SECONDS": "1"}
    command = [sys.executable, "-m", "sse_board.demo", f"http://127.0.0.1:{port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def score(url: str) -> float:
    return float(sum(entry["score"] for entry in board(url, "scoreboard")["leaderboard"]))


def wait_for(reached: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_without_keys_one_line_says_what_is_missing() -> None:
    command = [sys.executable, "-m", "sse_board.demo"]
    ended = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("sse-board: ACTION_KEYS is not set")
    assert ended.stderr.count("\n") == 1
