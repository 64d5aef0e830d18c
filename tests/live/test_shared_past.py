"""A crowd that comes back from far away shares what is read of the past, and each is told its part once."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
import pytest_asyncio

from sse_board.clock import utc_now
from sse_board.errors import Unavailable
from sse_board.live.counts import Counts
from sse_board.live.cursor import from_cursor, to_cursor
from sse_board.live.delivery.coding import BODIES
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.fanout import Fanout
from sse_board.live.delivery.hub import Hub
from sse_board.live.delivery.outlet import Queue
from sse_board.live.event import Event
from sse_board.live.events.history import History, Page
from sse_board.live.events.log import KEPT_EVENTS, EventLog
from sse_board.live.events.replay import READ_SECONDS, Replays
from sse_board.notifications.channels import NotificationsLog, SystemLog
from sse_board.stores.postgres import Postgres
from sse_board.tasks import stop
from tests.support.clients import eventually
from tests.support.eventlog import write
from tests.support.servers import Stores

CROWD = 1_000
#: Rounds of events, of which the crowd hears few; together more than memory keeps.
ROUNDS, HEARD, UNHEARD = 40, 10, KEPT_EVENTS // 10
PAST = ROUNDS * (HEARD + UNHEARD)
ALL, SOME, OTHERS = "system", "system:role:ADMIN", "system:role:VIEWER"


class Asked(History):
    """Real history, and when its past was asked for; `answers` says whether it can be read."""

    def __init__(self, postgres: Postgres) -> None:
        super().__init__(postgres)
        self.times: list[float] = []
        self.answers = True

    async def replay(self, names: Sequence[str], after: int, limit: int) -> Page:
        self.times.append(time.monotonic())
        if not self.answers:
            raise Unavailable
        return await super().replay(names, after, limit)


@dataclass(slots=True)
class Reader:
    """A connection, and the places that it was told, in order."""

    connection: Connection
    queue: Queue
    places: list[int] = field(default_factory=list)
    truncated: int = 0

    async def read(self) -> None:
        async for octets in self.queue.batches():
            text = octets.decode()
            self.truncated += text.count("event: history.truncated")
            for cursor, name in re.findall(r"^id: (\S+)\nevent: (\S+)$", text, re.MULTILINE):
                if name == "system.announcement":
                    self.places.append(from_cursor(cursor) or 0)


@dataclass(slots=True)
class House:
    log: EventLog
    history: Asked
    replays: Replays
    hub: Hub

    def come_back(self, cursor: int, names: set[str]) -> Reader:
        connection = self.hub.connection(BODIES["json"], 10, None, "")
        reader = Reader(connection, Queue(connection))
        connection.outlet = reader.queue
        self.hub.open(connection)
        self.replays.begin(connection, names, ["system"], to_cursor(cursor))
        return reader


@pytest.fixture(scope="module")
def past(stores: Stores) -> Stores:
    """Where all of it has happened."""
    for number in range(ROUNDS):
        write(stores, HEARD, name=SOME if number % 4 == 3 else ALL)
        write(stores, UNHEARD, name=OTHERS)
    return stores


@pytest_asyncio.fixture
async def house(past: Stores) -> AsyncIterator[House]:
    postgres = Postgres(past.database_url, size=4)
    await postgres.open()
    history, fanout, counts = Asked(postgres), Fanout(), Counts()
    hub = Hub(clock=utc_now, counts=counts, max_age=1800, limit=10_000, limit_per_address=10_000)

    def truncated(channels: object) -> Event:
        return hub.event("history.truncated", {})

    log = EventLog(history, [SystemLog(), NotificationsLog()], fanout, counts.logs, truncated)
    replays = Replays(
        log, history, truncated, lambda place: hub.event("heartbeat", {"cursor": to_cursor(place)}, position=place)
    )
    hub.on_progress = replays.progressed
    await log.start()
    running = [asyncio.create_task(replays.run())]
    yield House(log, history, replays, hub)
    await stop(running)
    await postgres.close()


def told(cursor: int, names: set[str]) -> list[int]:
    """The places that somebody misses who comes back with this cursor."""
    firsts = {number * (HEARD + UNHEARD) + 1: SOME if number % 4 == 3 else ALL for number in range(ROUNDS)}
    places = [(first + index, name) for first, name in firsts.items() for index in range(HEARD)]
    return [place for place, name in places if place > cursor and name in names]


async def test_a_thousand_that_lack_the_past_ask_for_it_once_a_second(house: House) -> None:
    began = time.monotonic()
    wishes = [(7 * number % 2_000, {ALL} if number % 2 else {ALL, SOME}) for number in range(CROWD)]
    readers = [house.come_back(*wish) for wish in wishes]
    reading = [asyncio.create_task(reader.read()) for reader in readers]
    await eventually(lambda: all(reader.connection.is_level for reader in readers), 30)
    took = time.monotonic() - began
    await asyncio.sleep(0.1)
    for wish, reader in zip(wishes, readers, strict=True):
        assert reader.places == told(*wish)
        assert reader.truncated == 0
    asked = house.history.times
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert min(pauses, default=READ_SECONDS) >= READ_SECONDS * 0.99
    assert 1 <= len(asked) <= took / READ_SECONDS + 1
    await stop(reading)


async def test_a_thousand_that_were_away_for_a_moment_ask_for_nothing(house: House) -> None:
    wishes = [(PAST - 4 * number, {ALL, SOME}) for number in range(CROWD)]
    readers = [house.come_back(*wish) for wish in wishes]
    assert all(reader.connection.is_level for reader in readers), "at once"
    assert house.history.times == []
    reading = [asyncio.create_task(reader.read()) for reader in readers]
    await asyncio.sleep(0.1)
    for wish, reader in zip(wishes, readers, strict=True):
        assert reader.places == told(*wish)
    await stop(reading)


async def test_a_place_behind_the_end_is_announced_and_goes_on_from_the_end(house: House) -> None:
    reader = house.come_back(PAST + 1_000, {ALL})
    reading = asyncio.create_task(reader.read())
    await eventually(lambda: reader.connection.is_level)
    await asyncio.sleep(0)
    assert (reader.truncated, reader.places) == (1, [])
    await stop([reading])


async def test_nobody_is_passed_over_for_those_who_are_further_behind(house: House) -> None:
    far, patient = house.come_back(0, {OTHERS}), house.come_back(PAST - KEPT_EVENTS - 100, {ALL})
    reading = [asyncio.create_task(reader.read()) for reader in (far, patient)]
    for _ in range(4):
        await asyncio.sleep(READ_SECONDS)
        reading.append(asyncio.create_task(house.come_back(0, {OTHERS}).read()))
        if patient.connection.is_level:
            break
    assert patient.connection.is_level
    await stop(reading)


async def test_who_leaves_on_the_way_is_forgotten(house: House) -> None:
    reader = house.come_back(0, {ALL})
    house.hub.on_close = house.replays.end
    reader.connection.lost()
    await eventually(lambda: not reader.connection.replaying)
    await asyncio.sleep(READ_SECONDS / 2)
    assert not reader.connection.is_level


async def test_a_place_that_the_log_reached_after_the_past_was_read_is_not_behind_its_end(
    house: House, past: Stores
) -> None:
    """Its reader was told elsewhere what is not read here yet, while somebody else is still on the way.

    The last test of this module: it adds to the past.
    """
    slow = house.come_back(0, {OTHERS, ALL})
    await eventually(lambda: slow.connection.full)
    house.history.answers = False  # else it would soon be read again, for the one that is ahead
    write(past, 10)
    ahead = house.come_back(PAST + 10, {ALL})
    reading = [asyncio.create_task(ahead.read())]
    asked = len(house.history.times)
    await eventually(lambda: len(house.history.times) > asked)
    assert not ahead.connection.is_level, "what was read before tells nothing of it"
    await house.log.read_on()
    await eventually(lambda: ahead.connection.is_level)
    await asyncio.sleep(0)
    assert (ahead.truncated, ahead.places) == (0, [])
    await stop(reading)
