"""Each store slow, refusing, silent, restarted or flushed: what its users then see, and that it heals by itself.

The times are those of faults, not of work: a dead store costs milliseconds once it is known to be dead, where
waiting for it would cost seconds.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
import redis.asyncio as redis

from sse_board.stores.server import Server
from tests.stores.conftest import heal
from tests.support.clients import Api, Player, data_of, error_of, eventually
from tests.support.servers import Runner, StoreHouse, Stores
from tests.support.streams import listening

PLENTY: dict[str, Any] = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 10_000}
#: Until a silent store is known to be silent: a pause, a probe's time, and some for a busy machine; seconds.
NOTICED_SECONDS = 5.0
#: Far below every deadline of a store, far above what an answer without one takes: seconds.
AT_ONCE_SECONDS = 0.2
#: A busy machine may be late once.
LOOKS = 3

Freeze = Callable[[Server], Callable[[], None]]


@pytest.fixture(scope="module")
def lasting_stores(frail: StoreHouse) -> Iterator[Stores]:
    """What all have trouble with that need no board to themselves."""
    stores = frail.fresh()
    yield stores
    frail.drop(stores)


@pytest_asyncio.fixture(scope="module")
async def api(lasting_stores: Stores, runner: Runner) -> AsyncIterator[Api]:
    """One process, which goes through it all."""
    async with Api(runner.serve(lasting_stores, **PLENTY).url) as api:
        yield api
    runner.close(lasting_stores)


@pytest.fixture
def _healed(frail: StoreHouse) -> Iterator[None]:
    yield
    heal(frail)


@pytest.fixture
async def player(api: Api, _healed: None) -> Player:
    return await player_of(api)


@pytest.fixture
async def own_api(frail_stores: Stores, runner: Runner) -> AsyncIterator[Api]:
    """A process whose boards are empty."""
    async with Api(runner.serve(frail_stores, **PLENTY).url) as api:
        yield api


async def player_of(api: Api) -> Player:
    player = await api.register()
    await player.score("task_finish")
    return player


async def degraded(api: Api) -> list[str]:
    found: list[str] = data_of(await api.http.get("/readyz"))["degraded"]
    return found


async def until_degraded(api: Api, *stores: str) -> None:
    async def is_so() -> bool:
        return await degraded(api) == list(stores)

    await eventually(is_so, NOTICED_SECONDS)


async def at_once(asked: Any) -> httpx.Response:
    """The answer, which must not have waited for anything."""
    began = time.monotonic()
    answer: httpx.Response = await asked
    assert time.monotonic() - began < AT_ONCE_SECONDS
    return answer


async def looked_up(api: Api, path: str) -> httpx.Response:
    """The same of a page, the quickest of some: whoever waited for a store would do so each time."""
    took: dict[float, httpx.Response] = {}
    for _ in range(LOOKS):
        began = time.monotonic()
        answer = await api.http.get(path)
        took[time.monotonic() - began] = answer
    assert min(took) < AT_ONCE_SECONDS
    return took[min(took)]


def kill(server: Server) -> Callable[[], None]:
    """Nobody starts it again before the returned function is called."""
    assert server.process is not None
    server.process.kill()
    server.process.wait()

    def start() -> None:
        server.start()
        server.wait_until_ready()

    return start


async def counted(stores: Stores, player: Player) -> tuple[int, int]:
    """How many actions the log has of the player, and what they come to."""
    query = "select count(*), sum(points)::int from actions where user_id = %s"
    async with await psycopg.AsyncConnection.connect(stores.database_url) as connection:
        row = await (await connection.execute(query, [player.id])).fetchone()
    assert row is not None
    return row[0], row[1]


@pytest.mark.parametrize("way", ["silent", "gone"])
async def test_without_postgresql_boards_and_streams_go_on_and_actions_are_refused_at_once(
    way: str, api: Api, player: Player, frail: StoreHouse, lasting_stores: Stores, freeze: Freeze
) -> None:
    async with listening(api.url, "leaderboard:scoreboard") as stream:
        await stream.until_type("leaderboard.update")
        heal = freeze(frail.pair.postgres) if way == "silent" else kill(frail.pair.postgres)
        lost = await player.act("task_finish", action_id="in trouble")
        assert error_of(lost) == (503, "UNAVAILABLE")
        await until_degraded(api, "postgres")
        refused = await at_once(player.act("task_finish", action_id="refused"))
        assert (error_of(refused), int(refused.headers["retry-after"]) > 0) == ((503, "UNAVAILABLE"), True)
        for path in ("/api/v1/scores/leaderboard", "/boards/scoreboard", "/livez", "/readyz"):
            assert (await looked_up(api, path)).status_code == 200
        heal()
        await until_degraded(api)
        for action_id in ("in trouble", "refused"):
            assert (await player.act("task_finish", action_id=action_id)).status_code in (200, 409)
        assert await counted(lasting_stores, player) == (3, 30)
        await stream.until_shows(await api.board("scoreboard"))
        assert stream.connections == 1


async def test_postgresql_that_is_slow_makes_actions_slow_and_nothing_else(
    api: Api, player: Player, lasting_stores: Stores
) -> None:
    """Somebody else holds the turnstile."""
    async with await psycopg.AsyncConnection.connect(lasting_stores.database_url) as other:
        await other.execute("select from commits for update")
        acting = asyncio.create_task(player.act("task_finish"))
        await asyncio.sleep(2 * AT_ONCE_SECONDS)
        assert not acting.done()
        assert (await looked_up(api, "/api/v1/scores/leaderboard")).status_code == 200
        assert await degraded(api) == []
    assert data_of(await acting)["newScore"] == 20


async def test_a_lost_answer_of_a_commit_is_resolved_before_anybody_hears(
    api: Api, player: Player, frail: StoreHouse, lasting_stores: Stores
) -> None:
    """PostgreSQL dies while actions are under way; whatever was answered is what became of them."""
    answers = [asyncio.create_task(player.act("task_finish", action_id=f"a{n}")) for n in range(40)]
    await asyncio.sleep(0.01)
    kill(frail.pair.postgres)()
    told = [(await answer).status_code for answer in answers]
    assert set(told) <= {200, 503}
    await until_degraded(api)
    for number in range(40):
        again = (await player.act("task_finish", action_id=f"a{number}")).status_code
        assert again in ((409,) if told[number] == 200 else (200, 409))
    assert await counted(lasting_stores, player) == (41, 410)


@pytest.mark.parametrize("way", ["silent", "gone"])
async def test_without_redis_actions_count_and_everybody_sees_them(
    way: str, own_api: Api, frail: StoreHouse, freeze: Freeze
) -> None:
    api, player, rival = own_api, await player_of(own_api), await own_api.register()
    channels = "leaderboard:scoreboard,user:me:rank-changes"
    async with listening(api.url, channels, token=player.token) as stream:
        await stream.until_type("leaderboard.update")
        heal = freeze(frail.pair.valkey) if way == "silent" else kill(frail.pair.valkey)
        await until_degraded(api, "redis")
        result = data_of(await at_once(player.act("task_finish")))
        assert (result["newScore"], result["newRank"]) == (20, None)
        board = data_of(await looked_up(api, "/api/v1/scores/leaderboard"))
        assert board["leaderboard"][0]["score"] == 20
        await stream.until_shows(board)
        await rival.score("quiz_complete")
        await stream.until(lambda: stream.of_type("rank.changed")[-1].json["newRank"] == 2)
        heal()
        await until_degraded(api)

        async def has_a_rank() -> bool:
            return bool((await player.score("task_finish"))["newRank"] == 2)

        await eventually(has_a_rank)
        await stream.until_shows(await api.board("scoreboard"))
        assert stream.connections == 1


async def test_a_redis_that_is_slow_costs_an_action_its_rank(
    api: Api, player: Player, frail: StoreHouse, lasting_stores: Stores
) -> None:
    """A long script holds it up."""
    client = redis.Redis.from_url(lasting_stores.redis_url, socket_timeout=10)
    busy = "local t = redis.call('TIME')[1] + 3 while redis.call('TIME')[1] + 0 < t do end"
    hogging: asyncio.Future[Any] = asyncio.ensure_future(client.eval(busy, 0))
    await asyncio.sleep(0.1)
    result = await player.score("task_finish")
    assert (result["newScore"], result["newRank"]) == (20, None)
    await hogging
    await client.aclose()
    await until_degraded(api)


async def test_both_gone_and_back(api: Api, player: Player, frail: StoreHouse, lasting_stores: Stores) -> None:
    starts = [kill(frail.pair.valkey), kill(frail.pair.postgres)]
    await until_degraded(api, "postgres", "redis")
    for path in ("/api/v1/scores/leaderboard", "/api/v1/boards"):
        answer = await looked_up(api, path)
        assert answer.status_code in (200, 503)
    assert error_of(await at_once(player.act("task_finish", action_id="later"))) == (503, "UNAVAILABLE")
    for start in starts:
        start()
    await until_degraded(api)
    assert data_of(await player.act("task_finish", action_id="later"))["newScore"] == 20
    assert await counted(lasting_stores, player) == (2, 20)
