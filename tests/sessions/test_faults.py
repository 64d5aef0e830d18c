"""Runs while a store is gone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import pytest_asyncio
from psycopg import sql

from tests.sessions.conftest import SETTINGS, start, tell, tick
from tests.support.clients import Api, Player, data_of, error_of, eventually
from tests.support.servers import Runner, StoreHouse, Stores
from tests.support.streams import listening

STOP_SECONDS = 5.0
#: Requests a minute that a player may make here.
REQUESTS = 100


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreHouse]:
    """A PostgreSQL and a Valkey for this module alone."""
    house = StoreHouse(tmp_path_factory.mktemp("frail"))
    house.open()
    yield house
    house.close()


@pytest.fixture(scope="module")
def frail_stores(frail: StoreHouse) -> Stores:
    return frail.fresh()


@pytest_asyncio.fixture(scope="module")
async def alone(frail_stores: Stores, runner: Runner) -> AsyncIterator[Api]:
    """One web process without a worker."""
    async with Api(runner.serve(frail_stores, **SETTINGS, RATE_LIMIT_IP_PER_MINUTE=REQUESTS).url) as api:
        yield api
    runner.close(frail_stores)


@contextlib.contextmanager
def without_postgresql(stores: Stores) -> Iterator[None]:
    """It lets nobody in."""
    name = sql.Identifier(str(psycopg.conninfo.conninfo_to_dict(stores.database_url)["dbname"]))
    allow = sql.SQL("alter database {} allow_connections {}")
    elsewhere = psycopg.conninfo.make_conninfo(stores.database_url, dbname="postgres")
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        connection.execute(allow.format(name, sql.SQL("false")))
        end = "select pg_terminate_backend(pid) from pg_stat_activity where datname like 'test%%'"
        connection.execute(end)
        try:
            yield
        finally:
            connection.execute(allow.format(name, sql.SQL("true")))


async def scored(player: Player, run: str, wpm: int) -> bool:
    """Whether a finish is taken at last: the run is still too young."""
    answer = await player.act("typing_complete", {"wpm": wpm, "accuracy": 90, "sessionId": run})
    return answer.status_code == 200


async def test_the_feed_is_told_of_each_beginning_and_end_once(alone: Api, frail_stores: Stores) -> None:
    player = await alone.register()
    run = await start(player)
    for _ in range(2):
        data_of(await player.request("POST", f"/api/v1/sessions/{run}/end"))
    with psycopg.connect(frail_stores.database_url) as database:
        told = database.execute("select kind, user_id::text, data from activity_pending order by id").fetchall()
    assert told == [
        ("session.started", player.id, {"sessionId": run, "app": "typing"}),
        ("session.ended", player.id, {"sessionId": run, "app": "typing", "scored": False}),
    ]


async def test_ticks_do_not_count_as_requests(alone: Api) -> None:
    """They have an allowance of their own."""
    player = await alone.register()
    run = await start(player)
    ticks = await asyncio.gather(*(tick(player, run, progress=number % 100) for number in range(REQUESTS + 20)))
    assert {answer.status_code for answer in ticks} == {202, 429}
    data_of(await player.request("GET", "/api/v1/auth/me"))


async def test_without_postgresql_ticks_are_taken_and_seen(alone: Api, frail_stores: Stores) -> None:
    """Not one of them reads or writes there."""
    player = await alone.register()
    run = await start(player)
    async with listening(alone.url, f"session:{run}:live") as stream:
        await stream.until_type("progress.update")
        with without_postgresql(frail_stores):
            assert error_of(await player.request("POST", "/api/v1/sessions", {"app": "math"}))[0] == 503
            for wpm in (50, 60):
                await tell(player, run, currentWpm=wpm)
            await stream.until(lambda: stream.of_type("progress.update")[-1].json.get("currentWpm") == 60)
            listed = data_of(await alone.http.get("/api/v1/sessions/live?app=typing"))
            assert [one["currentWpm"] for one in listed["sessions"] if one["sessionId"] == run] == [60]
            end = await player.request("POST", f"/api/v1/sessions/{run}/end")
            assert error_of(end) == (503, "UNAVAILABLE")

    async def ended() -> bool:
        return (await player.request("POST", f"/api/v1/sessions/{run}/end")).status_code == 200

    await eventually(ended, every=0.3)


async def test_without_redis_runs_begin_and_are_listed_and_finished(
    alone: Api, frail: StoreHouse, frail_stores: Stores
) -> None:
    player = await alone.register()
    first = await start(player)
    await tell(player, first, currentWpm=70, currentAccuracy=90)
    async with listening(alone.url, f"session:{first}:live") as stream:
        await stream.until_type("progress.update")
        frail.pair.valkey.stop(STOP_SECONDS)
        assert error_of(await tick(player, first, currentWpm=71)) == (503, "UNAVAILABLE")
        second = await start(player)
        listed = data_of(await alone.http.get("/api/v1/sessions/live"))
        assert listed["metrics"] is False
        assert [one["sessionId"] for one in listed["sessions"]][:2] == [second, first]
        async with listening(alone.url, f"session:{second}:live") as late:
            assert (await late.until_type("progress.update")).json["status"] == "live"
        await eventually(lambda: scored(player, first, 70), every=0.3)
        frail.pair.valkey.start()
        frail.pair.valkey.wait_until_ready()

        async def taken() -> bool:
            answer = await tick(player, second, currentWpm=70, currentAccuracy=90)
            return bool(answer.status_code == 202)

        await eventually(taken)
        await eventually(lambda: scored(player, second, 70), every=0.3)
        assert stream.of_type("progress.update")[-1].json["currentWpm"] == 70, "the metrics were not taken away"
    with psycopg.connect(frail_stores.database_url) as database:
        query = "select id::text, unverified from runs where user_id = %s order by started_at"
        assert database.execute(query, [player.id]).fetchall() == [(first, True), (second, False)]
