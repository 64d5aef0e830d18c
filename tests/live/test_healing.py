"""What is lost between PostgreSQL, Redis and the streams is found again within two seconds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import redis

from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.ranking import Ranking
from sse_board.boards.repair import BoardRepair
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect
from tests.live.conftest import PLENTY, Pair
from tests.support.clients import Api, Player, eventually
from tests.support.processes import eventually as eventually_so
from tests.support.replica import order_of, state_of
from tests.support.servers import Program, Stores, WebServer
from tests.support.streams import listening

#: Within this everything heals.
HEALED_SECONDS = 2.0
BOARD, GAIN = "healing", "gain"
CHANNEL = f"leaderboard:{BOARD}"


@pytest.fixture
def store(pair: Pair) -> Iterator[redis.Redis]:
    with contextlib.closing(redis.Redis.from_url(pair.stores.redis_url)) as store:
        yield store


@pytest.fixture(scope="module", autouse=True)
def _worker(pair: Pair, work: Callable[..., Program]) -> None:
    worker = work(pair.stores)
    eventually_so(lambda: "worker active" in worker.log_text())


class Mute(Ranking):
    """Writes to Redis as every process does, but nobody hears its hints."""

    def hint_channel(self, slug: str) -> str:
        return "nobody listens"


@contextlib.asynccontextmanager
async def mute_repair(stores: Stores) -> AsyncIterator[BoardRepair]:
    postgres, client = Postgres(stores.database_url, size=2), connect(stores.redis_url)
    await postgres.open()
    try:
        catalog = BoardCatalog(postgres)
        await catalog.refresh()
        yield BoardRepair(catalog, Mute(client), postgres, client)
    finally:
        await client.aclose()
        await postgres.close()


@pytest.fixture(scope="module")
def elsewhere(pair: Pair, serve: Callable[..., WebServer]) -> WebServer:
    """A process whose Redis is another one: what it commits, nobody folds and nobody hints at."""
    url = pair.stores.redis_url
    other = url.replace("db=" + url.rpartition("db=")[2], "db=0")
    assert other != url
    return serve(pair.stores, REDIS_URL=other, **PLENTY)


@pytest.fixture(scope="module")
async def players(api: Api, other: Api, admin: Player) -> list[Player]:
    await admin.make_board(BOARD, GAIN)
    await eventually(lambda: knows(other))
    players = await api.register_all([f"patient {number}" for number in range(4)])
    for points, player in enumerate(players, 1):
        await player.score(GAIN, points)
    return players


async def knows(api: Api) -> bool:
    return (await api.http.get(f"/api/v1/boards/{BOARD}")).status_code == 200


async def test_a_flushed_redis_is_filled_again_and_no_version_goes_back(
    api: Api, pair: Pair, players: list[Player], store: redis.Redis
) -> None:
    async with listening(pair.second.url, CHANNEL) as stream:
        before = await api.board(BOARD)
        await stream.until_shows(before)
        versions = [before["version"]]
        store.flushdb()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + HEALED_SECONDS
        while not store.exists(f"sse_board:{{{BOARD}}}:meta"):
            answer = await api.board(BOARD)
            versions.append(answer["version"])
            assert state_of(answer) == state_of(before)
            assert loop.time() < deadline, "Redis is still empty"
        assert versions == [before["version"]] * len(versions)
        await players[0].score(GAIN, 10)
        after = await api.board(BOARD)
        assert order_of(after["version"]) > order_of(before["version"])
        assert after["leaderboard"][0]["score"] == 11
        await stream.until_shows(after, HEALED_SECONDS)
        assert stream.boards[BOARD].version == after["version"]


async def test_an_action_right_after_a_flush_is_seen_in_full(
    api: Api, pair: Pair, players: list[Player], store: redis.Redis
) -> None:
    async with listening(pair.second.url, CHANNEL) as stream:
        await stream.until_type("leaderboard.update")
        store.flushdb()
        await players[1].score(GAIN, 20)
        answer = await api.board(BOARD)
        assert (answer["total"], answer["leaderboard"][0]["userId"]) == (len(players), players[1].id)
        await stream.until_shows(answer, HEALED_SECONDS)


async def test_hints_lost_with_their_connection_are_made_up_for(
    api: Api, pair: Pair, players: list[Player], store: redis.Redis
) -> None:
    async with listening(pair.first.url, CHANNEL) as first, listening(pair.second.url, CHANNEL) as second:
        for stream in (first, second):
            await stream.until_type("leaderboard.update")
        assert store.client_kill_filter(_type="pubsub") >= len(pair.servers)
        await players[2].score(GAIN, 40)
        answer = await api.board(BOARD)
        for stream in (first, second):
            await stream.until_shows(answer, HEALED_SECONDS)


async def test_a_fold_that_nobody_was_told_of_is_found(
    api: Api, pair: Pair, players: list[Player], elsewhere: WebServer
) -> None:
    """By the board's listeners, and by those who were overtaken."""
    leader = (await api.board(BOARD))["leaderboard"][0]["userId"]
    overtaken = next(player for player in players if player.id == leader)
    async with (
        listening(pair.second.url, CHANNEL) as stream,
        listening(pair.second.url, "user:me:rank-changes", token=overtaken.token) as ranks,
        Api(elsewhere.url) as away,
    ):
        await stream.until_type("leaderboard.update")
        await ranks.until_type("rank.changed")
        async with mute_repair(pair.stores) as repair:
            await players[3].score(GAIN, 80, api=away)
            await repair.catch_up(BOARD)
        await stream.until_shows(await api.board(BOARD), HEALED_SECONDS)
        await ranks.until(lambda: ranks.of_type("rank.changed")[-1].json["newRank"] == 2, HEALED_SECONDS)
        assert stream.boards[BOARD].state[0][0][2] == players[3].id


async def test_a_commit_that_nobody_folded_is_found(
    api: Api, pair: Pair, players: list[Player], elsewhere: WebServer
) -> None:
    async with listening(pair.second.url, CHANNEL) as stream, Api(elsewhere.url) as away:
        await stream.until_type("leaderboard.update")
        result = await players[0].score(GAIN, 160, api=away)
        await stream.until(lambda: leads(stream.boards[BOARD].state, result), HEALED_SECONDS)
        await stream.until_shows(await api.board(BOARD))


def leads(state: tuple[tuple[tuple[object, ...], ...], int], result: dict[str, object]) -> bool:
    row = state[0][0]
    return (row[2], row[5]) == (result["userId"], result["newScore"])
