"""Standings on every way: what is told adds up to what REST shows, and heals when something is lost."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from tests.live.test_every_event import without_database
from tests.support.clients import Api, data_of, error_of, eventually
from tests.support.pollers import Poller
from tests.support.redis_proxy import RedisProxy
from tests.support.servers import Runner, Stores, WebServer
from tests.support.sockets import Socket
from tests.support.streams import Stream, listening
from tests.tournaments.arena import RESULTS, Arena, arena

PLENTY = {"RATE_LIMIT_IP_PER_MINUTE": 1_000_000, "BOARD_TICK_MS": 20}
#: Within this everything heals.
HEALED_SECONDS = 2.0
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def servers(stores: Stores, runner: Runner) -> tuple[WebServer, WebServer]:
    return runner.serve_two(stores, **PLENTY)


@pytest_asyncio.fixture
async def api(servers: tuple[WebServer, WebServer]) -> AsyncIterator[Api]:
    async with Api(servers[0].url) as api:
        yield api


@pytest_asyncio.fixture
async def other(servers: tuple[WebServer, WebServer]) -> AsyncIterator[Api]:
    """The same service at another process."""
    async with Api(servers[1].url) as api:
        yield api


@pytest.fixture
def open(stores: Stores) -> Arena:
    """A tournament in its second round."""
    made = arena(stores, players=24)
    made.start(1, step=3)
    made.end(1)
    made.start(2, step=5)
    return made


async def shown(api: Api, open: Arena, **query: Any) -> dict[str, Any]:
    data: dict[str, Any] = data_of(await api.http.get(f"{open.path}/standings", params=query))
    return data


async def test_every_way_tells_the_deltas_that_add_up_to_what_rest_shows(
    servers: tuple[WebServer, WebServer], api: Api, other: Api, open: Arena
) -> None:
    dice = Random(7)
    stream, narrow = Stream(open.standings, limit=50), Stream(open.standings)
    socket, poller = Socket(channels=open.standings, limit=25), Poller(open.standings, rows=25)
    async with stream, narrow:
        await stream.open(servers[1].url)
        await narrow.open(servers[0].url)
        await socket.open(servers[1].url)
        rests: dict[str, dict[str, Any]] = {}
        for _ in range(12):
            version = str(open.enter(2, dice.randint(1, 12), dice.choice(RESULTS)))
            rests[version] = await shown(dice.choice((api, other)), open)
            assert rests[version]["version"] == version
            for one in (stream, narrow):
                await one.until_stands(open.id, version)
            await poller.poll(servers[0].url)
            assert poller.standings[open.id]["standings"] == rests[version]["standings"][:25]
        open.end(2)
        open.start(3)
        await stream.until_stands(open.id, open.version)
        assert stream.standings[open.id].round == 3
        await eventually(lambda: socket.standings[open.id].version == str(open.version))
        for told, limit in ((stream, 50), (narrow, 10), (socket, 25)):
            replica = told.standings[open.id]
            assert replica.deltas or limit == 10
            for version, rest in rests.items():
                if version in replica.reached:
                    assert replica.reached[version] == rest["standings"][:limit]
        await socket.cut()


async def test_a_change_that_moves_nobody_is_told_without_rows(
    servers: tuple[WebServer, WebServer], open: Arena
) -> None:
    """Whoever shows more than rows, as pages do, hears of every version."""
    async with listening(servers[0].url, open.standings) as stream:
        await stream.until_stands(open.id, open.version)
        await stream.until_stands(open.id, open.change("select %s::text", "nothing"))
        told = stream.messages[-1].json
        assert (told["standings"], told["snapshot"]) == ([], False)


async def test_new_rules_are_told_whole_under_a_new_epoch(
    servers: tuple[WebServer, WebServer], open: Arena
) -> None:
    async with listening(servers[0].url, open.standings) as stream:
        await stream.until_stands(open.id, open.version)
        open.change("update tournaments set epoch = epoch + 1, tie_breaks = '{SB}' where id = %s", open.id)
        await stream.until_stands(open.id, open.version)
        told = stream.messages[-1].json
        assert told["snapshot"]
        assert told["version"].startswith("2-")
        assert list(told["standings"][0]["tieBreaks"]) == ["SB"]


async def test_both_processes_give_the_same_version_tag_and_bytes(api: Api, other: Api, open: Arena) -> None:
    for path in ("standings", "crosstable"):
        for face in ("json", "html", "csv", "text"):
            url = f"{open.path}/{path}?format={face}"
            here, there = await asyncio.gather(api.http.get(url), other.http.get(url))
            assert here.headers["etag"] == there.headers["etag"]
            assert here.content == there.content
            assert str(open.version) in here.headers["etag"]
            known = {"If-None-Match": here.headers["etag"]}
            unchanged = await other.http.get(url, headers=known)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert unchanged.headers["x-poll-interval"] == here.headers["x-poll-interval"]
            open.enter(2, 1, "1-0")
            assert (await other.http.get(url, headers=known)).status_code == 200


async def test_a_lost_hint_heals_within_two_seconds(servers: tuple[WebServer, WebServer], open: Arena) -> None:
    async with listening(servers[0].url, open.standings) as stream:
        await stream.until_stands(open.id, open.version)
        open.hints = False
        await stream.until_stands(open.id, open.enter(2, 3, "0-1"), HEALED_SECONDS)


async def test_what_a_listener_was_not_told_is_told_though_somebody_else_read_it(
    servers: tuple[WebServer, WebServer], api: Api, open: Arena
) -> None:
    """A picture that is new in memory says nothing of what was told."""
    async with listening(servers[0].url, open.standings) as stream:
        await stream.until_stands(open.id, open.version)
        open.hints = False
        version = open.enter(2, 4, "0-1")
        assert (await shown(api, open))["version"] == str(version)
        await stream.until_stands(open.id, version, HEALED_SECONDS)


async def test_without_redis_standings_go_on(stores: Stores, runner: Runner, open: Arena) -> None:
    async with RedisProxy(stores.redis_url) as proxy:
        server = runner.serve(stores, ready=False, REDIS_URL=proxy.url, **PLENTY)
        await asyncio.to_thread(server.wait_until_ready)
        async with listening(server.url, open.standings) as stream, Api(server.url) as api:
            await stream.until_stands(open.id, open.version)
            proxy.fall_silent()
            version = open.enter(2, 5, "1/2-1/2")
            await stream.until_stands(open.id, version, HEALED_SECONDS)
            assert (await shown(api, open))["version"] == str(version)
        proxy.speak()
        await asyncio.to_thread(server.stop)


async def test_while_postgresql_is_gone_the_last_standings_are_shown_and_then_the_newest(
    servers: tuple[WebServer, WebServer], stores: Stores, api: Api, open: Arena
) -> None:
    before = await shown(api, open)
    async with listening(servers[0].url, open.standings) as stream:
        await stream.until_stands(open.id, open.version)
        with without_database(stores):
            assert await shown(api, open) == before
            async with listening(servers[0].url, open.standings) as late:
                await late.until_stands(open.id, before["version"])
            assert error_of(await api.http.get(f"/api/v1/tournaments/{NOBODY}")) == (503, "UNAVAILABLE")
        await stream.until_stands(open.id, open.enter(2, 6, "0-1"))


async def test_what_is_not_there_is_refused_by_name(
    api: Api, servers: tuple[WebServer, WebServer], open: Arena
) -> None:
    unknown = [f"tournament:{NOBODY}{rest}" for rest in ("", ":games", ":standings")]
    unknown += [f"game:{NOBODY}", f"presence:tournament:{NOBODY}", "presence:tournament:x", "tournament:*"]
    async with listening(servers[0].url, ",".join(["tournaments:all", *unknown])) as stream:
        told = (await stream.until_type("connected")).json
        assert told["channels"] == ["tournaments:all"]
        assert told["refused"] == [{"channel": name, "code": "NOT_FOUND"} for name in unknown]
    for path in ("", "/participants", "/rounds", "/rounds/1", "/standings", "/crosstable"):
        for id in (NOBODY, "nonsense"):
            answer = await api.http.get(f"/api/v1/tournaments/{id}{path}")
            assert error_of(answer) == (404, "NOT_FOUND")
    for number in ("0", "3", "x", "9" * 5_000):
        assert error_of(await api.http.get(f"{open.path}/rounds/{number}")) == (404, "NOT_FOUND")


async def test_presence_of_a_tournament_is_who_listens_to_any_of_its_channels(
    servers: tuple[WebServer, WebServer], api: Api, open: Arena
) -> None:
    ada, bob = await api.register(), await api.register()
    async with (
        listening(servers[0].url, f"presence:{open.channel}") as watcher,
        listening(servers[0].url, open.standings, token=ada.token),
        listening(servers[1].url, f"game:{open.games[2][0]}", token=bob.token),
    ):

        def here() -> set[str]:
            told = [message.json for message in watcher.of_type("presence.update")]
            return {one["username"] for data in told for one in data.get("online", data.get("joined", []))}

        await watcher.until(lambda: here() == {ada.username, bob.username})
        assert watcher.messages[-1].json["count"] == 2


async def test_the_html_of_a_frame_is_the_fragment_that_rest_gives(
    servers: tuple[WebServer, WebServer], api: Api, open: Arena
) -> None:
    async with listening(servers[0].url, open.standings, format="html", limit=50) as stream:
        await stream.until_type("message")
        frame = stream.of_type("message")[-1].data
        fragment = await api.http.get(f"{open.path}/standings?format=html&limit=50")
        assert fragment.headers["content-type"].startswith("text/html")
        assert squeezed(fragment.text) in squeezed(frame)


def squeezed(markup: str) -> str:
    return "".join(markup.split())
