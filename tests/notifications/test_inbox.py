"""Who was away finds what was for them; what they were handed, and what they read, is known."""

import uuid
from collections.abc import Callable
from typing import Any

import psycopg

from sse_board.notifications.notify import Notice, notify
from tests.notifications.conftest import Site
from tests.support.clients import Player, data_of, error_of, eventually
from tests.support.pollers import Poller
from tests.support.streams import listening

BASE = "/api/v1/notifications"


async def inbox(player: Player, query: str = "") -> dict[str, Any]:
    data: dict[str, Any] = data_of(await player.request("GET", f"{BASE}?{query}"))
    return data


async def found(player: Player, query: str = "") -> list[str]:
    return [item["title"] for item in (await inbox(player, query))["notifications"]]


async def give_role(site: Site, player: Player, role: str) -> Player:
    body = {"role": role}
    data_of(await site.boss.request("PATCH", f"/api/v1/admin/users/{player.id}", body))
    return await site.api.log_in(player.username)


async def echo(site: Site, id: str) -> tuple[int, int]:
    """How many an announcement reached, and how many read it."""
    data = data_of(await site.boss.request("GET", "/api/v1/admin/announcements"))
    (one,) = [one for one in data["announcements"] if one["id"] == id]
    return one["reached"], one["read"]


async def test_an_inbox_joins_what_is_for_all_for_the_present_role_and_for_the_user(site: Site) -> None:
    await site.boss.announce("before they came")
    one, two = await site.api.register(), await site.api.register()
    await site.boss.announce("to all")
    await site.boss.announce("to organizers", targetRoles=["ORGANIZER"])
    await site.boss.announce("to both", targetRoles=["ORGANIZER"], targetUsers=[one.id, two.id])
    await site.boss.announce("to one", targetUsers=[one.id], priority="HIGH")
    async with site.outbox.writing() as writing:
        await notify(writing, [Notice(one.id, "achievements", "own", "x", link="/me")])
    assert await found(one) == ["own", "to one", "to both", "to all"]
    assert await found(two) == ["to both", "to all"]
    assert await found(await give_role(site, two, "ORGANIZER")) == ["to both", "to organizers", "to all"]
    page = await inbox(one, "limit=2")
    assert page["unread"] == 4
    own = page["notifications"][0]
    assert {name: own[name] for name in ("category", "type", "priority", "link", "readAt")} == {
        "category": "achievements",
        "type": "INFO",
        "priority": "NORMAL",
        "link": "/me",
        "readAt": None,
    }
    assert await found(one, f"limit=2&before={page['notifications'][-1]['id']}") == ["to both", "to all"]


async def test_what_is_over_is_in_no_inbox_any_more(site: Site) -> None:
    player = await site.api.register()
    told = await site.boss.announce("soon over", expiresAt="2999-01-01T00:00:00Z")
    assert (await inbox(player))["notifications"][0]["expiresAt"] == "2999-01-01T00:00:00.000Z"
    with psycopg.connect(site.stores.database_url, autocommit=True) as database:
        database.execute("update announcements set expires_at = now() where id = %s", [told["id"]])
    assert await inbox(player) == {"notifications": [], "unread": 0}


async def test_reading_is_counted_once_and_only_for_what_is_ones_own(site: Site) -> None:
    one, two = await site.api.register(), await site.api.register()
    first = await site.boss.announce("first")
    await site.boss.announce("second")
    private = await site.boss.announce("private", targetUsers=[two.id])
    for _ in range(2):
        answer = data_of(await one.request("POST", f"{BASE}/{first['id']}/read"))
        assert answer["notification"]["readAt"] is not None
        assert answer["unread"] == 1
    assert await found(one, "unread=true") == ["second"]
    assert await echo(site, first["id"]) == (1, 1)
    for id in (private["id"], uuid.uuid4()):
        assert error_of(await one.request("POST", f"{BASE}/{id}/read")) == (404, "NOT_FOUND")
    assert data_of(await two.request("POST", f"{BASE}/read-all")) == {"read": 3, "unread": 0}
    assert data_of(await two.request("POST", f"{BASE}/read-all")) == {"read": 0, "unread": 0}
    assert await found(two, "unread=true") == []
    assert await echo(site, first["id"]) == (2, 2)


async def test_preferences_filter_the_inbox_but_never_what_is_critical(site: Site) -> None:
    player = await site.api.register()
    before = data_of(await player.request("GET", f"{BASE}/preferences"))["preferences"]
    assert len(before) == 11
    change = {"systemAlerts": False, "emailNotifications": True}
    after = data_of(await player.request("PATCH", f"{BASE}/preferences", change))["preferences"]
    assert after == {**before, **change}
    await site.boss.announce("usual")
    await site.boss.announce("critical", priority="CRITICAL")
    assert await found(player) == ["critical"]
    async with listening(site.server.url, "user:me:notifications", token=player.token) as stream:
        await stream.until_type("connected")
        await site.boss.announce("to you", targetUsers=[player.id])
        await site.boss.announce("critical to you", targetUsers=[player.id], priority="CRITICAL")
        assert (await stream.until_type("notification")).json["title"] == "critical to you"
    data_of(await player.request("PATCH", f"{BASE}/preferences", {"systemAlerts": True}))
    assert await found(player) == ["critical to you", "to you", "critical", "usual"]


async def test_wrong_questions_and_preferences_are_refused(site: Site) -> None:
    player = await site.api.register()
    for query in ("unread=yes", "limit=0", "limit=101", "before=x", f"before={uuid.uuid4()}"):
        assert error_of(await player.request("GET", f"{BASE}?{query}")) == (400, "INVALID_REQUEST"), query
    bodies: tuple[Any, ...] = ({"systemAlerts": "no"}, {"system_alerts": False}, {"everything": True}, [])
    for body in bodies:
        refused = await player.request("PATCH", f"{BASE}/preferences", body)
        assert error_of(refused) == (400, "INVALID_REQUEST"), body
    assert error_of(await site.api.http.get(BASE)) == (401, "UNAUTHORIZED")


async def test_whoever_is_handed_an_announcement_is_counted_once_on_whatever_way(site: Site) -> None:
    """By a stream, a stream that came back, a poll, the inbox; who is nobody or was away is not."""
    streams, comes_back, polls, asks, _away = [await site.api.register() for _ in range(5)]
    poller = Poller("system", token=polls.token)
    await poller.poll(site.server.url)
    url = site.server.url
    async with listening(url, "system", token=comes_back.token) as stream:
        cursor = (await stream.until_type("heartbeat")).id or ""
    async with listening(url, "system", token=streams.token) as stream, listening(url, "system") as nobody:
        for one in (stream, nobody):
            await one.until_type("connected")
        told = await site.boss.announce("to all")
        for one in (stream, nobody):
            await one.until_type("system.announcement")
        await poller.until(url, lambda: poller.of_type("system.announcement"))
        await found(asks)
        async with listening(url, "system", token=comes_back.token, lastEventId=cursor) as again:
            await again.until_type("system.announcement")
    await eventually(reached(site, told["id"], 4))
    await poller.poll(url)
    await found(streams)
    mine = await site.boss.announce("to you", targetUsers=[streams.id])
    await found(streams)
    await eventually(reached(site, mine["id"], 1))
    assert await echo(site, told["id"]) == (4, 0)


def reached(site: Site, id: str, count: int) -> Callable[[], Any]:
    async def is_so() -> bool:
        return (await echo(site, id))[0] == count

    return is_so
