"""Coming back after a long time, from a place that nobody knows, or too slowly: a gap is filled or announced."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

import psycopg
import pytest

from sse_board.live.events.log import KEPT_EVENTS, PAGE_EVENTS
from tests.live.conftest import PLENTY
from tests.support.clients import Api, eventually
from tests.support.eventlog import write
from tests.support.servers import Runner, StoreHouse, Stores, WebServer
from tests.support.sleepers import Sleeper
from tests.support.streams import Stream, listening

#: More than one process keeps in memory and more than one page, so that PostgreSQL must help.
MANY = KEPT_EVENTS + 2 * PAGE_EVENTS + 1
#: Characters of a large message.
LARGE = 4_000


@pytest.fixture(scope="module")
def site(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    """Starts with an empty log, so its memory holds everything after the first place, up to KEPT_EVENTS."""
    return serve(stores, HEARTBEAT_SECONDS=1, **PLENTY)


def end(stores: Stores) -> int:
    with psycopg.connect(stores.database_url) as database:
        row = database.execute("select events from commits").fetchone()
    assert row is not None
    return int(row[0])


def places(stream: Stream | Sleeper) -> list[int]:
    """Where what was heard stands in the log."""
    heard = [message for message in stream.messages if message.type == "system.announcement"]
    assert all(message.json["title"] == f"event {int((message.id or '')[1:], 36)}" for message in heard)
    return [int((message.id or "")[1:], 36) for message in heard]


async def test_events_whose_hint_was_lost_are_heard_within_two_seconds(site: WebServer, stores: Stores) -> None:
    async with listening(site.url, "system") as stream:
        await stream.until_type("connected")
        start = end(stores)
        write(stores, 3)
        await stream.until(lambda: len(places(stream)) == 3, seconds=2)
        assert places(stream) == [start + 1, start + 2, start + 3]


async def test_whoever_missed_more_than_memory_holds_hears_all_of_it_once_and_in_order(
    site: WebServer, stores: Stores
) -> None:
    stream = Stream("system")
    async with stream:
        await (await stream.open(site.url)).until_type("heartbeat")
        await stream.cut()
        start = end(stores)
        write(stores, MANY)
        await stream.open(site.url)
        await asyncio.sleep(0.05)
        write(stores, 2)
        await stream.until(lambda: len(stream.of_type("system.announcement")) == MANY + 2)
        assert places(stream) == list(range(start + 1, start + MANY + 3))
        assert "history.truncated" not in stream.types


async def test_who_reads_a_log_too_slowly_is_cut_and_resumes_without_loss(site: WebServer, stores: Stores) -> None:
    sleeper = Sleeper(site.url, "system")
    start, heard, cuts = end(stores), list[int](), 0
    try:
        await eventually(partial(has_begun, sleeper))
        for _ in range(40):
            write(stores, 50, "x" * LARGE)
        count = 40 * 50
        await eventually(lambda: is_told(site, stores))
        while len(heard) < count:
            await eventually(partial(has_come_to, sleeper, start + count), seconds=30)
            heard += places(sleeper)
            cuts += sleeper.ended
            if sleeper.ended:
                assert sleeper.messages[-1].type == "stream.rotate"
                assert sleeper.messages[-1].retry
            sleeper.close()
            sleeper = Sleeper(site.url, "system", sleeper.parser.last_event_id)
    finally:
        sleeper.close()
    assert heard == list(range(start + 1, start + count + 1))
    assert cuts >= 1


def has_begun(sleeper: Sleeper) -> bool:
    sleeper.read()
    return bool(sleeper.messages)


def has_come_to(sleeper: Sleeper, place: int) -> bool:
    """Whether the stream has ended or told this; reads what is there."""
    for _ in range(50):
        sleeper.read()
    return sleeper.ended or place in places(sleeper)


async def is_told(site: WebServer, stores: Stores) -> bool:
    """Whether the process has followed the log to its end."""
    async with Api(site.url) as api:
        answer = (await api.http.get("/api/v1/events?channels=system")).json()["data"]
    return int(answer["cursor"][1:], 36) == end(stores)


@pytest.fixture
def late(store_house: StoreHouse, runner: Runner) -> Iterator[tuple[Stores, WebServer]]:
    """A server that was started after some of the log was forgotten: places 1 to 3 are gone, 4 and 5 are there."""
    stores = store_house.fresh()
    write(stores, 5)
    with psycopg.connect(stores.database_url, autocommit=True) as database:
        database.execute("delete from events where position <= 3")
        database.execute("insert into forgotten values ('*', 3)")
    yield stores, runner.serve(stores, ready=True, **PLENTY)
    runner.close(stores)
    store_house.drop(stores)


async def test_a_cursor_past_the_retention_is_announced_and_what_is_left_is_told(
    late: tuple[Stores, WebServer],
) -> None:
    _, server = late
    async with listening(server.url, "system", lastEventId="c1") as stream:
        assert (await stream.until_type("history.truncated")).json["channels"] == ["system"]
        await stream.until(lambda: places(stream) == [4, 5])
        assert stream.types[:2] == ["connected", "history.truncated"]
    async with listening(server.url, "system", lastEventId="c3") as stream:
        await stream.until(lambda: places(stream) == [4, 5])
        assert "history.truncated" not in stream.types
    async with listening(server.url, "system", lastEventId="czzz") as stream:
        await stream.until_type("history.truncated")
        write(late[0], 1)
        await stream.until(lambda: places(stream) == [6])
