"""What a process knows of tournaments: read once, computed once, and as new as PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from sse_board.clock import utc_now
from sse_board.errors import NotFound, Unavailable
from sse_board.stores.postgres import Connection, Postgres
from sse_board.tournaments.showing.channels import StandingsSource, standings_channel
from sse_board.tournaments.showing.finding import Finder
from sse_board.tournaments.showing.recent import Recent
from sse_board.tournaments.showing.tables import Tables
from sse_board.tournaments.showing.watching import TournamentWatch
from sse_board.version import Version
from sse_board.web.templates import Templates
from tests.support.servers import Stores
from tests.tournaments.arena import Arena, arena


class Counting(Postgres):
    """Counts how often a connection is taken; can be made silent."""

    reads = 0
    silent = False

    @asynccontextmanager
    async def connection(self, *options: Any) -> AsyncIterator[Connection]:
        self.reads += 1
        if self.silent:
            raise Unavailable
        async with super().connection(*options) as connection:
            yield connection


@pytest_asyncio.fixture
async def postgres(stores: Stores) -> AsyncIterator[Counting]:
    postgres = Counting(stores.database_url, size=2)
    await postgres.open()
    postgres.reads = 0
    yield postgres
    await postgres.close()


@pytest.fixture
def open(stores: Stores) -> Arena:
    made = arena(stores)
    made.hints = False
    made.start(1)
    return made


async def test_many_who_ask_at_once_cost_one_look_and_one_read(postgres: Counting, open: Arena) -> None:
    tables = Tables(postgres)
    first = await asyncio.gather(*(tables.sheet(open.id) for _ in range(50)))
    assert postgres.reads == 2
    assert len({id(sheet) for sheet in first}) == 1
    await asyncio.gather(*(tables.table(open.id) for _ in range(50)))
    assert postgres.reads == 3
    version = open.enter(1, 1, "1-0")
    sheets = await asyncio.gather(*(tables.sheet(open.id, 1) for _ in range(50)))
    assert {sheet.version for sheet in sheets} == {version}
    assert postgres.reads == 5


async def test_nobody_is_shown_what_was_true_before_they_asked(postgres: Counting, open: Arena) -> None:
    tables = Tables(postgres)
    for board in range(1, 6):
        earlier = asyncio.create_task(tables.table(open.id))
        await asyncio.sleep(0)
        version = open.enter(1, board, "0-1")
        assert (await tables.table(open.id)).version == version
        await earlier


async def test_a_hint_spares_the_look_and_a_wrong_one_is_believed_once(postgres: Counting, open: Arena) -> None:
    tables = Tables(postgres)
    await tables.picture(open.id)
    version, postgres.reads = open.enter(1, 1, "1-0"), 0
    tables.pictures.hint(open.id, version)
    assert (await tables.picture(open.id)).version == version
    assert postgres.reads == 1
    tables.pictures.hint(open.id, Version(9, 9))
    assert (await tables.picture(open.id)).version == version
    postgres.reads = 0
    assert (await tables.picture(open.id)).version == version
    assert postgres.reads == 1


async def test_while_the_database_is_silent_all_is_as_it_was_known_last(postgres: Counting, open: Arena) -> None:
    tables = Tables(postgres)
    before = await tables.sheet(open.id)
    overview, listed = await tables.overview(), await tables.listed("active", 10, 0)
    postgres.silent = True
    open.enter(1, 1, "1-0")
    assert await tables.sheet(open.id) is before
    assert (await tables.overview(), await tables.listed("active", 10, 0)) == (overview, listed)
    with pytest.raises(Unavailable):
        await tables.listed(None, 10, 0)
    with pytest.raises(Unavailable):
        await Tables(postgres).picture(open.id)
    postgres.silent = False
    assert (await tables.sheet(open.id)).version == open.version


class Noting:
    """A feed that notes what it is told to read again, and which versions its listeners know."""

    def __init__(self, *channels: str) -> None:
        self.channels = channels
        self.known: dict[str, str] = {}
        self.told: list[str] = []

    def version(self, channel: str) -> str | None:
        return self.known.get(channel)

    def changed(self, channel: str) -> None:
        self.told.append(channel)


async def test_more_tournaments_watched_than_kept_are_not_read_again_and_again(
    postgres: Counting, open: Arena, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sse_board.tournaments.showing.kept.PICTURES_KEPT", 1)
    tables, watched = Tables(postgres), [open.id, arena(stores).id]
    feed: Any = Noting(*map(standings_channel, watched))
    source = StandingsSource(tables, Finder(postgres, tables.pictures), Templates(), utc_now)
    watch = TournamentWatch(tables.pictures, source, feed)
    for id in watched:
        feed.known[standings_channel(id)] = str((await tables.sheet(id)).version)
    await watch.sweep()
    assert feed.told == []
    open.enter(1, 1, "1-0")
    await watch.sweep()
    assert feed.told == [standings_channel(open.id)]


async def test_a_round_that_was_not_started_has_no_standings(postgres: Counting, open: Arena) -> None:
    tables = Tables(postgres)
    assert (await tables.table(open.id, 1)).through == 1
    with pytest.raises(NotFound):
        await tables.table(open.id, 2)


async def test_rows_that_did_not_change_are_not_made_again(postgres: Counting, open: Arena) -> None:
    tables = Tables(postgres)
    open.end(1)
    before = await tables.sheet(open.id)
    open.rename(12, "Somebody Else")
    after = await tables.sheet(open.id)
    same = [one is other for one, other in zip(before.rows, after.rows, strict=True)]
    assert same.count(False) == 1
    fresh = await Tables(postgres).sheet(open.id)
    assert [bytes(row) for row in after.rows] == [bytes(row) for row in fresh.rows]


async def test_lists_and_the_overview_count_who_takes_part_and_what_is_played(stores: Stores) -> None:
    postgres = Postgres(stores.database_url, size=2)
    await postgres.open()
    tables, here = Tables(postgres), arena(stores, players=6, name="Counted")
    here.start(1)
    here.enter(1, 1, "1-0")
    here.change("update tournaments set starts_at = now() + interval '1 day' where id = %s", here.id)
    here.change("update participants set number = null, withdrawn_from = 1 where id = %s", here.players[5])
    first = (await tables.listed("active", 1, 0)).tournaments[0]
    assert (first.tournament.name, first.participant_count, first.round, first.playing) == ("Counted", 5, 1, 2)
    overview = await tables.overview()
    assert overview.active_tournaments[0] == first
    assert overview.total == (await tables.listed(None, 1, 0)).total
    await postgres.close()


def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    kept: Recent[str, str] = Recent(5, len)
    for word in ("one", "to"):
        kept.put(word, word)
    assert kept.get("one") == "one"
    kept.put("six", "six")
    assert [kept.get(word) for word in ("one", "to", "six")] == [None, None, "six"]
    kept.put("large", "much too large")
    assert (kept.get("six"), kept.get("large")) == (None, "much too large")
    assert kept.take("large") == "much too large"
    assert [kept.put(word, word) for word in ("abc", "de")] == ["abc", "de"]
    assert (kept.get("abc"), kept.get("de")) == ("abc", "de")
