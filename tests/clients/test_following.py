"""Clients that other people wrote follow a board: each ends with what the REST call says."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from tests.clients.followers import Follower, JsonLines, RawEvents, command_of
from tests.support.clients import Api, Player, eventually
from tests.support.processes import descendants
from tests.support.servers import Stores, WebServer

BOARD, JUMP, LIMIT = "long_jump", "jump", 10
CLIENTS = ("curl", "curl, text", "eventsource", "httpx-sse", "sseclient-py")
#: Seconds until a change must be seen by a program of its own, on a busy machine.
SOON = 3.0
#: More players than the window has rows; letters of one to four bytes, both directions, marks.
NAMES = (
    *("Mike Powell", "Galina Chistyakova", "Jackie Joyner-Kersee", "Bob Beamon", "Heike Drechsler"),
    *("Ivan Pedroso", "Tatyana Kotova", "Carl Lewis", "Юлия Орлова", "محمد علي", "שרה לוי", "प्रिया रमन", "𠜎𠜱𡿺"),
)


@dataclass
class Season:
    """What happened on the board, step by step, and how long each client took to show each step."""

    players: list[Player]
    followers: dict[str, Follower]
    steps: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, list[float | None]] = field(default_factory=lambda: {name: [] for name in CLIENTS})


@pytest.fixture(scope="module")
def site(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    return serve(stores, HEARTBEAT_SECONDS=1)


@pytest.fixture(scope="module")
def follow(site: WebServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Follower]]:
    """Starts a client by its name."""
    logs = tmp_path_factory.mktemp("clients")
    url = f"{site.url}/api/v1/stream?channels=leaderboard:{BOARD}&limit={LIMIT}"
    running: list[Follower] = []

    def start(name: str) -> Follower:
        running.append(Follower(name, *command_of(name, url, LIMIT), logs))
        return running[-1]

    yield start
    for one in running:
        one.close()


@pytest_asyncio.fixture(scope="module")
async def season(site: WebServer, stores: Stores, follow: Callable[[str], Follower]) -> AsyncIterator[Season]:
    """All clients at once see what is played once."""
    async with Api(site.url) as api:
        await (await api.admin(stores)).make_board(BOARD, JUMP, ties="shared")
        season = Season(await api.register_all(list(NAMES)), {name: follow(name) for name in CLIENTS})
        await shown(season, api)  # nobody has jumped
        await asyncio.gather(*(one.score(JUMP, 100 + 10 * n) for n, one in enumerate(season.players[:12])))
        await shown(season, api)
        await season.players[3].score(JUMP, 500)  # from the tenth place to the first
        await shown(season, api)
        await season.players[4].score(JUMP, 40)  # a tie with another
        await shown(season, api)
        await season.players[12].score(JUMP, 999)  # from nowhere into the window, which pushes one out
        await shown(season, api)
        yield season


async def shown(season: Season, api: Api) -> None:
    """The next step begins when everybody has shown this one, or has had their time."""
    answer = await api.board(BOARD, LIMIT)
    season.steps.append(answer)
    took = await asyncio.gather(*(season.followers[name].seconds_until(answer) for name in CLIENTS))
    for name, seconds in zip(CLIENTS, took, strict=True):
        season.seconds[name].append(seconds)


def test_the_season_has_what_makes_boards_difficult(season: Season) -> None:
    nobody, started, overtaken, tied, pushed = (step["leaderboard"] for step in season.steps)
    assert nobody == []
    assert len(started) == LIMIT < season.steps[1]["total"]
    assert [rows[0]["username"] for rows in (started, overtaken, pushed)] == [NAMES[11], NAMES[3], NAMES[12]]
    assert len({row["rank"] for row in tied}) < LIMIT
    assert {row["userId"] for row in tied} - {row["userId"] for row in pushed}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_shows_every_change_as_it_happens(season: Season, name: str) -> None:
    took = season.seconds[name]
    assert all(seconds is not None for seconds in took), f"{took}: {season.followers[name].tail()}"
    assert max(seconds or 0 for seconds in took[1:]) < SOON
    assert season.followers[name].process.poll() is None, "it still listens"


@pytest.mark.parametrize("name", [name for name in CLIENTS if name != "curl, text"])
def test_a_client_ends_with_the_board_of_the_rest_call(season: Season, name: str) -> None:
    follower = season.followers[name]
    assert isinstance(follower.reader, JsonLines | RawEvents)
    assert follower.shows(season.steps[-1])
    assert follower.reader.version == season.steps[-1]["version"]


def kill_whole(server: WebServer) -> None:
    """The supervisor and its web process, so that nobody can say goodbye."""
    children = descendants(server.process.pid)
    server.kill()
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def test_an_eventsource_comes_back_by_itself_and_says_where_it_was(
    season: Season, stores: Stores, site: WebServer, serve: Callable[..., WebServer]
) -> None:
    """The last test of this module: it kills the server that the others use."""
    follower = season.followers["eventsource"]
    reader = follower.reader
    assert isinstance(reader, JsonLines)
    await eventually(lambda: follower.heard("heartbeat"))
    kill_whole(site)
    await eventually(lambda: follower.heard("lost"))
    heard = follower.heard("heartbeat")[-1]
    again = serve(stores, port=site.port, HEARTBEAT_SECONDS=1)
    async with Api(again.url) as api:
        await season.players[0].score(JUMP, 2_000, api=api)
        answer = await api.board(BOARD, LIMIT)
    assert await follower.seconds_until(answer) is not None, follower.tail()
    assert reader.version == answer["version"]
    first, *later = follower.heard("asks")
    assert first == ""
    assert set(later) == {heard}
    assert not follower.heard("truncated")
