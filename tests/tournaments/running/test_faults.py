"""Without its stores nothing is half done."""

import contextlib

import redis

from tests.live.test_every_event import without_database
from tests.support.clients import Api, data_of, error_of, eventually
from tests.support.organiser import Event
from tests.tournaments.running.conftest import Site


async def test_without_the_database_nothing_is_half_done(site: Site) -> None:
    event = await site.organiser.create()
    ada, bob = await event.add("Ada", "Bob")
    await event.do("POST", "/start")
    await event.pair((ada, bob))
    game = (await event.begin(1))["games"][0]["id"]
    before = await event.shown()
    with without_database(site.stores):
        for answer in (await event.enter(game, "1-0"), await event.ask("POST", "/participants", {"name": "Cid"})):
            assert error_of(answer) == (503, "UNAVAILABLE")
            assert int(answer.headers["retry-after"]) > 0
    await eventually(lambda: _is_back(event, site.other))
    assert await event.shown() == before
    assert data_of(await event.enter(game, "1-0"))["revision"] == 1


async def _is_back(event: Event, other: Api) -> bool:
    """For both processes."""
    changed = await event.ask("PATCH", "", {"name": "Open"})
    shown = await other.http.get(f"/api/v1/tournaments/{event.id}")
    return changed.status_code == shown.status_code == 200


async def test_a_lost_hint_costs_no_more_than_a_look(site: Site) -> None:
    """Redis is emptied and nobody is told by it: what is asked for is as new as the database."""
    event = await site.organiser.create()
    with contextlib.closing(redis.Redis.from_url(site.stores.redis_url)) as store:
        store.flushdb()
    await event.add("Ada")
    found = data_of(await site.other.http.get(f"/api/v1/tournaments/{event.id}"))
    assert found["participantCount"] == 1
