"""Processes that share a Redis, each with a keeper, and a clock in the hand."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field

import pytest_asyncio
from redis.asyncio import Redis

from sse_board.clock import utc_now
from sse_board.errors import BoardError, NotFound, Unavailable
from sse_board.live.counts import Counts
from sse_board.live.delivery.coding import BODIES
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.hub import Hub
from sse_board.live.people import People
from sse_board.presence.discretion import Discretion
from sse_board.presence.keeper import REFRESH_SECONDS, Keeper
from sse_board.presence.marks import Marks
from sse_board.presence.rules import NAMED_LIMIT, SETTLE_SECONDS, SITE, Count
from sse_board.presence.source import PresenceSource
from sse_board.stores.redis import connect
from sse_board.web.identity import Identity
from tests.support.clients import eventually
from tests.support.servers import Stores

#: Short, so that a test need not wait for twenty: seconds.
GONE = 0.4
SOMEBODY, ANOTHER = "0192f000-0000-7000-8000-000000000001", "0192f000-0000-7000-8000-000000000002"


class Games:
    """Scopes of whatever begins with `game:`."""

    def of(self, channel: str) -> str | None:
        return channel if channel.startswith("game:") else None

    async def refusal(self, scope: str) -> BoardError | None:
        return None if scope.startswith("game:") else NotFound()


@dataclass
class Process:
    """One web process without the web. `hides` are who wants to be hidden, None when nobody can tell."""

    redis: Redis
    hides: set[str] | None = field(default_factory=set)
    now: float = 1_000.0

    def __post_init__(self) -> None:
        self.people = People()
        self.hub = Hub(
            clock=utc_now, counts=Counts(), max_age=1800, limit=100, limit_per_address=100, people=self.people
        )
        self.marks, self.discretion = Marks(self.redis, GONE), Discretion(self.people, self._hidden)
        self.keeper = Keeper(
            self.marks, self.people, lambda: self.hub.connections, self.discretion, Games(), Count()
        )

    async def _hidden(self, people: Collection[str]) -> Collection[str]:
        if self.hides is None:
            raise Unavailable()
        return self.hides & set(people)

    def open(self, user: str, *channels: str) -> Connection:
        identity = Identity(user, "PARTICIPANT", "login", 1, expires_at=2.0**40)
        connection = self.hub.connection(BODIES["json"], 10, identity, "")
        connection.channels = channels
        self.hub.open(connection)
        return connection

    async def tick(self, seconds: float = 1.0) -> int:
        """The count that is told then."""
        self.now += seconds
        await self.keeper.tick(self.now)
        return self.keeper.count.now

    async def sees(self, user: str) -> bool:
        (seen,) = await self.marks.find(SITE, [user])
        return seen.online


@pytest_asyncio.fixture
async def redis(own_stores: Stores) -> AsyncIterator[Redis]:
    client = connect(own_stores.redis_url)
    yield client
    await client.aclose()


@pytest_asyncio.fixture
async def pair(redis: Redis) -> tuple[Process, Process]:
    """Two of them, and a Redis that has been told for long."""
    await redis.set(f"presence:{SITE}:begun", 0)
    return Process(redis), Process(redis)


Pair = tuple[Process, Process]


async def test_several_tabs_at_two_processes_are_one_person_until_the_last_is_closed(pair: Pair) -> None:
    one, two = pair
    tabs = [(one, one.open(SOMEBODY)), (one, one.open(SOMEBODY)), (two, two.open(SOMEBODY))]
    assert [await one.tick(), await two.tick()] == [1, 1]
    for process, tab in tabs[:2]:
        process.hub.close(tab)
    assert [await one.tick(), await two.tick(REFRESH_SECONDS)] == [1, 1]
    two.hub.close(tabs[2][1])

    async def is_gone() -> bool:
        return await one.tick() == 0

    assert await two.tick() == 1, "somebody is gone only a while after the last tab"
    await eventually(is_gone)
    (seen,) = await two.marks.find(SITE, [SOMEBODY])
    assert (seen.online, seen.since) == (False, None)
    assert seen.last_seen is not None


async def test_since_when_somebody_is_here_is_kept_while_they_are(pair: Pair) -> None:
    one, two = pair
    one.open(SOMEBODY)
    await one.tick()
    (first,) = await one.marks.find(SITE, [SOMEBODY])
    two.open(SOMEBODY)
    await two.tick()
    await one.tick(REFRESH_SECONDS)
    (then,) = await two.marks.find(SITE, [SOMEBODY])
    assert then.since == first.since
    assert then.last_seen is not None
    assert first.last_seen is not None
    assert then.last_seen >= first.last_seen


async def test_an_emptied_redis_is_filled_again_and_nobody_seems_to_have_left(pair: Pair, redis: Redis) -> None:
    one, two = pair
    one.open(SOMEBODY)
    two.open(ANOTHER)
    await one.tick()
    assert [await two.tick(), await one.tick()] == [2, 2]
    await redis.flushdb()
    told = [await process.tick(0.5) for _ in range(3) for process in pair]
    assert set(told) == {2}
    assert await one.sees(ANOTHER)
    assert await two.sees(SOMEBODY)


async def test_who_hides_is_neither_counted_nor_seen_and_comes_back_when_they_hide_no_more(pair: Pair) -> None:
    one, two = pair
    one.hides = {ANOTHER}
    one.open(SOMEBODY)
    one.open(ANOTHER, "game:1")
    assert await one.tick() == 1
    assert not await two.sees(ANOTHER)
    assert (await two.marks.here("game:1", 10))[1] == []
    one.hides = {SOMEBODY}
    for process in pair:
        process.discretion.reconsider(SOMEBODY)
        process.discretion.reconsider(ANOTHER)
    two.hides = {SOMEBODY}
    await two.tick()
    await one.tick()
    assert (await two.sees(SOMEBODY), await two.sees(ANOTHER)) == (False, True)
    assert (await two.marks.here("game:1", 10))[1] == [ANOTHER]


async def test_nobody_is_shown_before_it_is_known_that_they_do_not_mind(pair: Pair) -> None:
    one, _ = pair
    one.open(SOMEBODY)
    await one.tick()
    one.hides = None
    one.open(SOMEBODY)
    one.open(ANOTHER)
    assert await one.tick(REFRESH_SECONDS) == 1
    assert (await one.sees(SOMEBODY), await one.sees(ANOTHER)) == (True, False)
    one.hides = set()
    assert await one.tick() == 2


async def test_a_small_scope_names_who_listens_to_its_channels(pair: Pair) -> None:
    one, two = pair
    source = PresenceSource(one.marks, one.keeper.count, Games(), names, utc_now)
    channel = "presence:game:1"
    one.open(SOMEBODY, "game:1", "game:2")
    two.open(ANOTHER, "game:2")
    for process in pair:
        await process.tick()
    before = await source.read(channel, 0)
    (snapshot,) = source.snapshot(channel, before, None)
    assert (snapshot.data["count"], snapshot.data["online"]) == (1, [{"userId": SOMEBODY, "username": "one"}])
    visit = two.open(ANOTHER, "game:1")
    await two.tick()
    after = await source.read(channel, 0)
    (came,) = source.delta(channel, before, after)
    assert (came.data["joined"], came.data["left"]) == ([{"userId": ANOTHER, "username": "two"}], [])
    two.hub.close(visit)
    await two.tick()

    async def has_left() -> bool:
        await one.tick(REFRESH_SECONDS)
        return (await source.read(channel, 0)).count == 1

    await eventually(has_left)
    assert isinstance(await source.refusal("presence:nothing", None), NotFound)


async def names(people: Collection[str]) -> dict[str, str]:
    return {person: {SOMEBODY: "one", ANOTHER: "two"}[person] for person in people}


async def test_in_a_large_scope_nobody_is_named(redis: Redis) -> None:
    marks = Marks(redis)
    people = [f"0192f000-0000-7000-8000-{number:012}" for number in range(NAMED_LIMIT + 1)]
    await marks.mark("game:1", people, ())
    source = PresenceSource(marks, Count(), Games(), names, utc_now)
    (snapshot,) = source.snapshot("presence:game:1", await source.read("presence:game:1", 0), None)
    assert snapshot.data["count"] == NAMED_LIMIT + 1
    assert "online" not in snapshot.data


async def test_more_people_than_fit_into_a_command_are_told_all_the_same(redis: Redis) -> None:
    marks = Marks(redis)
    people = [f"0192f000-0000-7000-8000-{number:012}" for number in range(12_000)]
    assert (await marks.mark(SITE, people[:7_000], people[7_000:])).count == 12_000
    found = await marks.find(SITE, [people[0], people[6_999], people[-1]])
    assert [one.since is not None for one in found] == [True, True, False]


async def test_a_keeper_without_redis_counts_its_own_and_tells_all_when_it_is_back(own_stores: Stores) -> None:
    away = connect("redis://127.0.0.1:1/0")
    process = Process(away)
    process.open(SOMEBODY)
    assert await process.tick() == 1
    assert process.keeper.count.is_partial
    back = connect(own_stores.redis_url)
    process.marks = process.keeper._marks = Marks(back)
    assert await process.tick() == 1
    assert not process.keeper.count.is_partial
    assert await process.sees(SOMEBODY)
    for client in (away, back):
        await client.aclose()


def test_what_settles_is_shorter_than_what_makes_somebody_gone() -> None:
    assert SETTLE_SECONDS < REFRESH_SECONDS
