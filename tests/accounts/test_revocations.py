"""Nothing that commits late is missed, and a dead database is survived."""

import asyncio
from datetime import timedelta

import pytest

from sse_board.accounts.housekeeping import tidy
from sse_board.accounts.revocations import KEPT, Revocation, Revocations
from sse_board.clock import utc_now
from sse_board.errors import Unavailable
from sse_board.stores.postgres import Postgres
from sse_board.web.identity import Identity
from tests.accounts.site import MovedClock, Site
from tests.support.servers import Stores


def bearer(user_id: str, login_id: str = "login", generation: int = 1) -> Identity:
    return Identity(user_id, "VIEWER", login_id, generation, 0)


async def write(site: Site, user_id: str, generation: int, **span: float) -> None:
    """A revocation that was written this long ago and commits now."""
    query = b"insert into revocations (user_id, generation, created_at) values (%(u)s, %(g)s, %(at)s)"
    await site.postgres.run(query, u=user_id, g=generation, at=utc_now() - timedelta(**span))


async def test_what_commits_late_is_not_missed(site: Site) -> None:
    early, late = await site.register("early"), await site.register("late")
    revocations = Revocations(site.postgres, utc_now)
    await revocations.poll()
    await write(site, early.id, 7)
    await revocations.poll()
    await write(site, late.id, 7, seconds=8)
    await revocations.poll()
    assert not revocations.is_live(bearer(early.id, generation=6))
    assert not revocations.is_live(bearer(late.id, generation=6))
    assert revocations.is_live(bearer(late.id, generation=7))


async def test_a_watcher_hears_of_each_change_once(site: Site) -> None:
    player = await site.register("watched")
    heard: list[str] = []
    revocations = Revocations(site.postgres, utc_now)
    await revocations.poll()
    revocations.watch(heard.append)
    await write(site, player.id, 2)
    for _ in range(3):
        await revocations.poll()
    assert heard.count(player.id) == 1


async def test_a_generation_never_falls(site: Site) -> None:
    revocations = Revocations(site.postgres, utc_now)
    revocations.apply([Revocation("u", generation=5), Revocation("u", generation=4)])
    assert not revocations.is_live(bearer("u", generation=4))


async def test_what_no_token_can_claim_any_more_is_dropped(site: Site) -> None:
    clock = MovedClock()
    revocations = Revocations(site.postgres, clock)
    await revocations.poll()
    revocations.apply([Revocation("u", "old", 1)])
    clock.forward(seconds=KEPT.total_seconds() - 1)
    revocations.apply([Revocation("v", "new", 1)])
    clock.forward(seconds=2)
    await revocations.poll()
    assert revocations.is_live(bearer("u", "old", 0))
    assert not revocations.is_live(bearer("v", "new"))


async def test_polling_goes_on_after_the_database_came_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    player = await site.register("outlasting")
    revocations = Revocations(site.postgres, utc_now)
    monkeypatch.setattr("sse_board.accounts.revocations.POLL_SECONDS", 0.01)
    await revocations.start()

    async def dead(*_: object, **__: object) -> object:
        raise Unavailable

    with monkeypatch.context() as outage:
        outage.setattr(site.postgres, "all", dead)
        await asyncio.sleep(0.05)
    await write(site, player.id, 2)
    await asyncio.sleep(0.1)
    assert not revocations.is_live(bearer(player.id))
    await revocations.stop()


async def test_a_start_without_the_database_fails(stores: Stores) -> None:
    postgres = Postgres(stores.database_url, size=1)
    with pytest.raises(Unavailable):
        await Revocations(postgres, utc_now).start()


async def test_housekeeping_deletes_only_what_is_over(site: Site) -> None:
    player = await site.register("kept")
    await write(site, player.id, 1, hours=14)
    await tidy(site.postgres)
    old = b"select count(*) from revocations where created_at < now() - interval '13 hours'"
    assert await site.postgres.one(old) == (0,)
    assert (await player.refresh()).status_code == 200


async def test_housekeeping_deletes_logins_that_ran_out(site: Site) -> None:
    player = await site.register("faded")
    logins = b"select count(*) from logins where user_id = %(u)s"
    await site.postgres.run(b"update refresh_tokens set expires_at = now() - interval '1 hour'")
    await site.postgres.run(b"update logins set created_at = now() - interval '31 days'")
    await tidy(site.postgres)
    assert await site.postgres.one(logins, u=player.id) == (0,)
