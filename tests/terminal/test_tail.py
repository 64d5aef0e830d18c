"""A board followed in a shell: by `curl`, by `sse-board tail`, through a restart."""

import signal
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest

from sse_board.live.event import Event, printable
from sse_board.terminal.paint import painted
from tests.support.clients import Api
from tests.support.programs import Followed
from tests.support.servers import Stores, WebServer, free_port
from tests.support.streams import listening


@pytest.fixture(scope="module")
def server(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    return serve(stores, HEARTBEAT_SECONDS=1)


@pytest.fixture
async def api(server: WebServer) -> AsyncIterator[Api]:
    async with Api(server.url) as api:
        yield api


@pytest.fixture
def tail(follow: Callable[..., Followed]) -> Callable[..., Followed]:
    """`sse-board tail` with its output in a pipe."""
    return partial(follow, sys.executable, "-m", "sse_board", "tail", "--url")


async def test_a_text_stream_is_one_line_per_change(api: Api) -> None:
    ada, grace = await api.register("Ada Lovelace"), await api.register("Grace Hopper")
    await ada.score("task_finish")
    async with listening(api.url, "leaderboard:scoreboard,x:y", format="text") as stream:
        await stream.until(lambda: b"Ada Lovelace" in stream.raw)
        await grace.score("quiz_complete")
        await stream.until(lambda: b"Grace Hopper" in stream.raw)
        await stream.until(lambda: b": heartbeat" in stream.raw)
    lines = [line for message in stream.messages for line in message.data.split("\n")]
    assert lines == [
        "listening to leaderboard:scoreboard",
        "refused x:y: NOT_FOUND",
        "scoreboard    1.  Ada Lovelace  10 points",
        "scoreboard    1.  Grace Hopper  100 points  new",
        "scoreboard    2.  Ada Lovelace  10 points  ▼1",
    ]
    assert {message.type for message in stream.messages} == {"message"}


async def test_a_player_reads_what_their_own_actions_did(api: Api) -> None:
    player = await api.register()
    async with listening(api.url, "user:me:score", format="text", token=player.token) as stream:
        await stream.until(lambda: b"listening" in stream.raw)
        rank = (await player.score("quiz_complete"))["newRank"]
        await stream.until(lambda: f"you  scoreboard  100  +100 points, rank {rank}".encode() in stream.raw)


async def test_tail_prints_plain_lines_into_a_pipe(api: Api, tail: Callable[..., Followed]) -> None:
    one = tail(api.url, "leaderboard:scoreboard")
    await one.until_says("listening to leaderboard:scoreboard\n")
    await (await api.register("Margaret Hamilton")).score("quiz_complete")
    await one.until_says("Margaret Hamilton  100 points  new\n")
    assert "\x1b" not in one.text
    assert "data:" not in one.text


async def test_tail_outlives_its_server(
    own_stores: Stores, serve: Callable[..., WebServer], tail: Callable[..., Followed]
) -> None:
    port = free_port()
    first = serve(own_stores, port=port)
    one = tail(first.url, "leaderboard:scoreboard")
    await one.until_says("0 players")
    first.stop()
    second = serve(own_stores, port=port)
    async with Api(second.url) as api:
        await (await api.register("Hedy Lamarr")).score("quiz_complete")
    await one.until_says("Hedy Lamarr  100 points")


async def test_tail_ends_where_trying_again_would_not_help(api: Api, tail: Callable[..., Followed]) -> None:
    one = tail(api.url, ",")
    _, errors = one.process.communicate(timeout=20)
    assert one.process.returncode == 1
    assert errors.decode().startswith("sse-board: the server answers 400")
    assert b"Traceback" not in errors


async def test_a_closed_pipe_and_ctrl_c_end_tail_quietly(api: Api, tail: Callable[..., Followed]) -> None:
    one = tail(api.url, "leaderboard:scoreboard")
    await one.until_says("listening")
    one.process.send_signal(signal.SIGINT)
    _, errors = one.process.communicate(timeout=20)
    assert (one.process.returncode, errors) == (130, b"")


def test_colours_tell_boards_leaders_gains_and_losses() -> None:
    assert painted("scoreboard    1.  Ada  10 points  ▲2") == (
        "\x1b[2mscoreboard\x1b[0m    \x1b[1;33m1.\x1b[0m  Ada  10 points  \x1b[32m▲2\x1b[0m"
    )
    assert painted("scoreboard   11.  Ada  10 points  ▼2").endswith("\x1b[31m▼2\x1b[0m")
    assert "\x1b" not in painted("scoreboard")


@pytest.mark.parametrize("odd", ["\x1b[2J", "\x07", "\u202e", "\r", "\x9b"])
def test_a_terminal_is_never_told_what_to_do(odd: str) -> None:
    assert odd not in printable(f"a{odd}b")
    frame = Event("x", {}, text=lambda: [f"a{odd}b"]).frame("text")
    assert frame == "data: a\ufffdb\n\n".encode() if len(odd) == 1 else b"\x1b" not in frame
