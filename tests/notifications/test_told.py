"""Admins look through what was told: by whom, to whom, and whom it reached."""

from typing import Any

from sse_board.clock import iso, utc_now
from sse_board.notifications.notify import Notice, notify
from sse_board.notifications.told import ROLE_EVENTS
from tests.notifications.conftest import Site
from tests.support.clients import data_of, error_of, eventually
from tests.support.streams import listening

PATH = "/api/v1/admin/events"


async def events(site: Site, **query: Any) -> list[dict[str, Any]]:
    answer = await site.boss.api.http.get(PATH, params=query, headers=site.boss.bearer)
    found: list[dict[str, Any]] = data_of(answer)["events"]
    return found


async def test_what_was_told_is_found_by_what_it_is_about_by_whom_and_when(site: Site) -> None:
    one, two = await site.api.register(), await site.api.register()
    before = iso(utc_now())
    everybody = await site.boss.announce("to everybody")
    async with listening(site.server.url, "user:me:notifications", token=one.token) as stream:
        await stream.until_type("connected")
        both = await site.boss.announce("to two", targetUsers=[one.id, two.id])
        async with site.outbox.writing() as writing:
            await notify(writing, [Notice(one.id, "achievements", "own", "x")])
        await stream.until_type("notification", 2)
    (found,) = await events(site, entityType="announcement", entityId=everybody["id"])
    assert found["type"] == "system.announcement"
    assert found["data"]["title"] == "to everybody"
    assert (found["createdBy"], found["targets"], found["reached"]) == (site.boss.id, None, None)

    async def is_known() -> bool:
        addressed = {
            event["targets"]["users"][0]: event["reached"] for event in await events(site, entityId=both["id"])
        }
        return bool(
            addressed[one.id] == {"total": 1, "reached": 1, "users": [one.id], "notReached": []}
            and addressed[two.id] == {"total": 1, "reached": 0, "users": [], "notReached": [two.id]}
        )

    async def is_noticed() -> bool:
        (own,) = await events(site, entityType="notice", type="notification", since=before)
        return bool(own["reached"]["users"] == [one.id] and own["createdBy"] is None)

    await eventually(is_known)
    await eventually(is_noticed)
    assert [event["data"]["title"] for event in await events(site, actor=site.boss.id, since=before)] == [
        "to two",
        "to two",
        "to everybody",
    ]
    assert await events(site, until=before, since=before) == []


async def test_of_a_role_those_are_named_who_were_not_reached(site: Site) -> None:
    here, away = await site.api.register(), await site.api.register()
    for player in (here, away):
        data_of(await site.boss.request("PATCH", f"/api/v1/admin/users/{player.id}", {"role": "VIEWER"}))
    here = await site.api.log_in(here.username)
    told = await site.boss.announce("to viewers", targetRoles=["VIEWER"])
    data_of(await here.request("GET", "/api/v1/notifications"))

    async def is_known() -> bool:
        (event,) = await events(site, entityId=told["id"])
        assert event["targets"] == {"roles": ["VIEWER"]}
        expected = {"total": 2, "reached": 1, "users": [here.id], "notReached": [away.id]}
        return bool(event["reached"] == expected)

    await eventually(is_known)


async def test_a_page_ends_early_where_many_events_are_for_roles(site: Site) -> None:
    """Each of them makes the database look at everybody of the role."""
    since = iso(utc_now())
    told = [await site.boss.announce(f"role {n}", targetRoles=["ORGANIZER"]) for n in range(ROLE_EVENTS + 2)]
    path, found, sizes = f"{PATH}?since={since}&limit=100", [], []
    before: str | None = ""
    while before is not None:
        page = data_of(await site.boss.request("GET", path + (before and f"&before={before}")))
        before = page["before"]
        sizes.append(len(page["events"]))
        found += [event["entityId"] for event in page["events"]]
    assert sizes == [ROLE_EVENTS, 2]
    assert found == [one["id"] for one in reversed(told)]


async def test_pages_follow_each_other_and_others_than_admins_see_none(site: Site) -> None:
    for number in range(3):
        await site.boss.announce(f"page {number}")
    first = data_of(await site.boss.request("GET", f"{PATH}?limit=2"))
    then = data_of(await site.boss.request("GET", f"{PATH}?limit=2&before={first['before']}"))
    titles = [event["data"]["title"] for event in first["events"] + then["events"]]
    assert titles[:3] == ["page 2", "page 1", "page 0"]
    for query in (
        "before=x",
        "type=%00",
        "actor=me",
        "since=yesterday",
        "until=2026-13-01T00:00:00Z",
        "limit=101",
    ):
        refused = await site.boss.request("GET", f"{PATH}?{query}")
        assert error_of(refused) == (400, "INVALID_REQUEST"), query
    assert error_of(await (await site.api.register()).request("GET", PATH)) == (403, "FORBIDDEN")
