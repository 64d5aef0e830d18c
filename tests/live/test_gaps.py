"""Places in the event log are contiguous: where one is missing, everybody who may have lost something is told."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest

from tests.live.conftest import PLENTY
from tests.support.clients import Api, data_of
from tests.support.eventlog import write
from tests.support.servers import Stores, WebServer
from tests.support.streams import Stream, listening

HEALED_SECONDS = 2.0
CHANNELS = "system,leaderboard:scoreboard"


@pytest.fixture(scope="module")
def site(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    """Its heartbeats are too rare to bring a cursor."""
    return serve(stores, HEARTBEAT_SECONDS=60, **PLENTY)


def execute(stores: Stores, *statements: str) -> None:
    with psycopg.connect(stores.database_url) as database:
        for statement in statements:
            database.execute(statement)


def end(stores: Stores) -> int:
    with psycopg.connect(stores.database_url) as database:
        row = database.execute("select events from commits").fetchone()
    assert row is not None
    return int(row[0])


def lose(stores: Stores, count: int) -> None:
    """Events that were handed out a place and are nowhere."""
    execute(stores, f"update commits set events = events + {count}")


def put_back(stores: Stores, count: int) -> None:
    """The database as it was before its last events."""
    execute(
        stores,
        f"update commits set events = events - {count}",
        "delete from events where position > (select events from commits)",
    )


def heard(stream: Stream) -> list[str]:
    """What was said of the log, by title where it has one."""
    told = [message for message in stream.messages if message.type in ("history.truncated", "system.announcement")]
    return [message.json.get("title", "gap") for message in told]


async def test_a_hole_is_announced_to_who_listens_polls_or_was_away(site: WebServer, stores: Stores) -> None:
    async with Api(site.url) as api, listening(site.url, CHANNELS) as stream:
        cursor = (await stream.until_type("heartbeat")).id or ""
        start = end(stores)
        lose(stores, 2)
        write(stores, 1)
        told = ["gap", f"event {start + 3}"]
        await stream.until(lambda: heard(stream) == told, HEALED_SECONDS)
        assert stream.of_type("history.truncated")[0].json["channels"] == ["system"]
        polled = data_of(await api.http.get("/api/v1/events", params={"channels": "system", "after": cursor}))
        assert (polled["truncated"], len(polled["events"])) == (True, 1)
    async with listening(site.url, CHANNELS, lastEventId=cursor) as stream:
        await stream.until(lambda: heard(stream) == told)


async def test_a_hole_at_the_end_is_announced_before_anything_follows(site: WebServer, stores: Stores) -> None:
    async with Api(site.url) as api, listening(site.url, "system") as stream:
        cursor = (await stream.until_type("heartbeat")).id or ""
        query = {"channels": "system", "after": cursor, "wait": "10"}
        waiting = asyncio.create_task(api.http.get("/api/v1/events", params=query))
        await asyncio.sleep(0.1)
        lose(stores, 1)
        await stream.until_type("history.truncated", seconds=HEALED_SECONDS)
        async with asyncio.timeout(HEALED_SECONDS):
            assert data_of(await waiting)["truncated"] is True
        write(stores, 1)
        await stream.until(lambda: heard(stream) == ["gap", f"event {end(stores)}"], HEALED_SECONDS)


async def test_a_database_that_was_put_back_is_announced_and_no_place_is_given_twice(
    site: WebServer, stores: Stores
) -> None:
    async with listening(site.url, "system") as stream:
        await stream.until_type("heartbeat")
        write(stores, 3)
        await stream.until_type("system.announcement", 3)
        before, cursor = end(stores), stream.messages[-3].id or ""
        put_back(stores, 2)
        await stream.until_type("history.truncated", seconds=HEALED_SECONDS)
        write(stores, 1)
        await stream.until(lambda: heard(stream)[3:] == ["gap", f"event {before + 1}"], HEALED_SECONDS)
    async with listening(site.url, "system", lastEventId=cursor) as stream:
        await stream.until(lambda: heard(stream) == ["gap", f"event {before + 1}"])
