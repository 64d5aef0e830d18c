"""Roles and blocks, and how fast every process knows."""

import asyncio
from typing import Any

import pytest
from psycopg import AsyncConnection

from sse_board.accounts.administration import Actor
from tests.accounts.site import Player, Site, error_of
from tests.support.servers import Stores

SHELL = Actor(None, "test")


async def admin(site: Site, username: str) -> Player:
    player = await site.register(username)
    await site.accounts.administration.change(SHELL, player.id, role="ADMIN")
    return Player(site, (await player.refresh()).json()["data"])


async def patch(who: Player, whom: Player, **body: Any) -> Any:
    return await who.call("PATCH", f"/api/v1/admin/users/{whom.id}", json=body)


async def eventually_refused(player: Player, at: Site) -> bool:
    """Whether the other process refuses the token within the promised second."""
    elsewhere = Player(at, player.data)
    for _ in range(20):
        if (await elsewhere.call("GET", "/whoami")).status_code == 401:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_only_admins_change_people(site: Site) -> None:
    one, other = await site.register("pawn"), await site.register("pawn2")
    assert error_of(await patch(one, other, role="ADMIN")) == (403, "FORBIDDEN")


async def test_a_role_change_refuses_old_tokens_and_renews_into_the_new_role(site: Site, other_site: Site) -> None:
    boss, player = await admin(site, "boss"), await site.register("promoted")
    answer = await patch(boss, player, role="ORGANIZER")
    assert answer.json()["data"]["user"]["role"] == "ORGANIZER"
    assert (await player.call("GET", "/whoami")).status_code == 401
    assert await eventually_refused(player, other_site)
    renewed = Player(site, (await player.refresh()).json()["data"])
    assert (await renewed.call("GET", "/whoami")).json()["data"]["role"] == "ORGANIZER"


async def test_a_block_ends_everything_everywhere_and_an_unblock_lets_in_again(
    site: Site, other_site: Site
) -> None:
    boss, player = await admin(site, "boss2"), await site.register("blocked")
    assert (await patch(boss, player, blocked=True)).status_code == 200
    assert (await player.call("GET", "/whoami")).status_code == 401
    assert await eventually_refused(player, other_site)
    assert error_of(await player.refresh()) == (401, "UNAUTHORIZED")
    with pytest.raises(AssertionError, match="blocked"):
        await player.log_in()
    with pytest.raises(AssertionError, match="UNAUTHORIZED"):
        await player.log_in("wrong password")
    await patch(boss, player, blocked=False)
    assert error_of(await player.refresh()) == (401, "UNAUTHORIZED")
    assert (await (await player.log_in()).call("GET", "/whoami")).status_code == 200


async def test_a_logout_is_known_elsewhere_within_a_second(site: Site, other_site: Site) -> None:
    player = await site.register("fleeting")
    await player.call("POST", "/api/v1/auth/logout")
    assert await eventually_refused(player, other_site)


async def test_a_process_that_starts_later_knows_what_ended_before(site: Site, stores: Stores) -> None:
    player = await site.register()
    await player.call("POST", "/api/v1/auth/logout")
    late = Site(stores)
    await late.open()
    assert (await Player(late, player.data).call("GET", "/whoami")).status_code == 401
    await late.close()


async def test_a_viewer_is_shown_with_the_new_role_and_picture(site: Site, other_site: Site) -> None:
    boss, player = await admin(site, "boss6"), await site.register()
    assert (await Player(other_site, player.data).call("GET", "/page")).text == player.username
    await patch(boss, player, role="VIEWER")
    assert (await player.call("GET", "/page")).text == "nobody"


async def test_every_change_is_in_the_audit_log(site: Site) -> None:
    boss, player = await admin(site, "boss3"), await site.register("audited")
    await patch(boss, player, role="VIEWER", blocked=True)
    await patch(boss, player, role="VIEWER", blocked=True)
    async with site.postgres.connection() as connection:
        rows = await _audit(connection, player.id)
    assert rows == [
        (boss.id, "user.role", {"from": "PARTICIPANT", "to": "VIEWER"}),
        (boss.id, "user.block", {}),
    ]


async def _audit(connection: AsyncConnection[Any], entity: str) -> list[Any]:
    query = "select actor, action, details from audit where entity_id = %s order by id"
    return await (await connection.execute(query, [entity])).fetchall()


async def test_admins_cannot_lock_themselves_out(site: Site) -> None:
    boss = await admin(site, "boss4")
    assert error_of(await patch(boss, boss, blocked=True)) == (409, "CONFLICT")
    assert error_of(await patch(boss, boss, role="VIEWER")) == (409, "CONFLICT")


async def test_wrong_changes_are_refused(site: Site) -> None:
    boss, player = await admin(site, "boss5"), await site.register("target")
    for body in ({"role": "KING"}, {"blocked": "yes"}, {"username": "x"}):
        assert error_of(await patch(boss, player, **body)) == (400, "INVALID_REQUEST")
    nobody = f"/api/v1/admin/users/{'0' * 8}-0000-4000-8000-{'0' * 12}"
    assert error_of(await boss.call("PATCH", nobody, json={"blocked": True})) == (404, "NOT_FOUND")
