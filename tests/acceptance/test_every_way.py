"""One story over SSE, WebSocket, long poll and plain poll: all end with the same board and the same log."""

import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.acceptance.ways import ByPoll, BySocket, ByStream, Told, Way
from tests.live.conftest import PLENTY
from tests.support.clients import Api, Player, eventually
from tests.support.replica import state_of
from tests.support.servers import Runner, StoreHouse, Stores, WebServer

BOARD, THROW = "javelin", "throw"


class Story:
    """What happens: scores and announcements, always by a process that lives."""

    def __init__(self, admin: Player, players: list[Player], reader: Player) -> None:
        self._admin = admin
        self._players = players
        self._reader = reader
        self._chapter = 0
        self.titles: list[tuple[str, str]] = []

    async def go_on(self, api: Api) -> None:
        """Everybody scores, and something is said to all, to a role and to the reader alone."""
        self._chapter += 1
        for number, player in enumerate(self._players):
            await player.score(THROW, (number * 37 + self._chapter * 11) % 90, api=api)
        await self._say(api, "system", "to all")
        await self._say(api, "system", "to participants", targetRoles=["PARTICIPANT"])
        await self._announce(api, "not for the reader", targetRoles=["ADMIN"])
        await self._say(api, f"user:{self._reader.id}:notifications", "to one", targetUsers=[self._reader.id])

    async def _say(self, api: Api, channel: str, title: str, **options: object) -> None:
        self.titles.append((channel, await self._announce(api, title, **options)))

    async def _announce(self, api: Api, title: str, **options: object) -> str:
        body = {"title": f"{self._chapter}: {title}", "message": "…", **options}
        answer = await self._admin.request("POST", "/api/v1/admin/announcements", body, api=api)
        assert answer.status_code == 201, answer.text
        return str(body["title"])


@pytest.fixture(scope="module")
def two(store_house: StoreHouse, runner: Runner) -> Iterator[tuple[Stores, WebServer, WebServer]]:
    stores = store_house.fresh()
    first, second = runner.serve_two(stores, HEARTBEAT_SECONDS=1, BOARD_TICK_MS=20, **PLENTY)
    yield stores, first, second
    runner.close(stores)
    store_house.drop(stores)


@contextlib.asynccontextmanager
async def everybody(reader: Player) -> AsyncIterator[dict[str, Way]]:
    """The reader at four screens."""
    channels = f"leaderboard:{BOARD},system,user:me:notifications"
    ways: dict[str, Way] = {
        "stream": ByStream(channels, reader.token),
        "socket": BySocket(channels, reader.token),
        "long poll": ByPoll(channels, reader.token, wait=5),
        "poll": ByPoll(channels, reader.token),
    }
    yield ways
    for way in ways.values():
        await way.cut()


@pytest_asyncio.fixture(scope="module")
async def story(two: tuple[Stores, WebServer, WebServer]) -> AsyncIterator[tuple[Story, Player]]:
    stores, first, second = two
    async with Api(first.url) as api, Api(second.url) as other:
        admin = await api.admin(stores)
        await admin.make_board(BOARD, THROW, ties="shared", low=0, high=100)
        await eventually(lambda: knows(other))
        players = await api.register_all([f"Speerwerferin Ä{number}" for number in range(12)])
        reader = await api.register("Der Zuschauer")
        yield Story(admin, players, reader), reader


async def knows(api: Api) -> bool:
    return (await api.http.get(f"/api/v1/boards/{BOARD}")).status_code == 200


async def test_all_ways_tell_the_same_through_cuts_and_replaced_processes(
    two: tuple[Stores, WebServer, WebServer], story: tuple[Story, Player], runner: Runner
) -> None:
    (stores, first, second), (plot, reader) = two, story
    async with everybody(reader) as ways, Api(first.url) as one, Api(second.url) as other:
        await begin(ways, first)
        await eventually(lambda: all(way.board(BOARD) is not None for way in ways.values()))
        await plot.go_on(one)
        await agree(ways, one, plot)

        await cut(ways)
        await plot.go_on(other)
        await begin(ways, second)
        await plot.go_on(one)
        await agree(ways, one, plot)

        second.kill()
        await cut(ways)
        await plot.go_on(one)
        again = runner.serve(stores, port=second.port, ready=True, HEARTBEAT_SECONDS=1, **PLENTY)
        await begin(ways, again)
        await plot.go_on(one)
        await agree(ways, one, plot)

        again.stop()
        await cut(ways)
        await plot.go_on(one)
        await begin(ways, first)
        await plot.go_on(one)
        await agree(ways, one, plot)


async def begin(ways: dict[str, Way], server: WebServer) -> None:
    for way in ways.values():
        await way.begin(server.url)


async def cut(ways: dict[str, Way]) -> None:
    for way in ways.values():
        await way.cut()


async def agree(ways: dict[str, Way], api: Api, story: Story) -> None:
    """When all have heard the last word, each must have the board of the REST call and every event once."""
    last = story.titles[-1]
    await eventually(lambda: all(last in map(channel_and_title, way.log()) for way in ways.values()))
    truth = state_of(await api.board(BOARD))
    await eventually(lambda: all(way.board(BOARD) == truth for way in ways.values()))
    logs = {name: way.log() for name, way in ways.items()}
    for name, log in logs.items():
        assert list(map(channel_and_title, log)) == story.titles, name
        assert log == logs["stream"], name


def channel_and_title(told: Told) -> tuple[str, str]:
    return told[0], told[2]
