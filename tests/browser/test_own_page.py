"""The page of one's own, and what all pages say of maintenance, in a real browser."""

import asyncio
from datetime import timedelta

from playwright.async_api import BrowserContext, Route, expect

from sse_board.accounts.cookies import ACCESS_COOKIE
from sse_board.accounts.tokens import Tokens
from sse_board.clock import iso, utc_now
from sse_board.settings import load_settings
from tests.browser.conftest import Visitor
from tests.browser.test_pages import SOON, log_in
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.servers import Stores


async def test_the_inbox_fills_while_one_looks_and_is_read_by_its_buttons(
    visit: Visitor, api: Api, stores: Stores
) -> None:
    admin, me = await api.admin(stores), await api.register("Own Reader")
    one = await visit("/login")
    await log_in(one.page, me.username)
    await one.page.goto("/me")
    unread = one.page.locator(".unread")
    await expect(unread).to_be_hidden()
    await admin.announce("To everybody")
    await admin.announce("To you", targetUsers=[me.id], priority="CRITICAL")
    await expect(one.page.locator(".inbox li.new")).to_have_count(2, timeout=SOON)
    await expect(unread).to_contain_text("2")
    await one.page.locator(".inbox li", has_text="To you").get_by_role("button").click()
    await expect(one.page.locator(".inbox li.new")).to_have_count(1, timeout=SOON)
    await one.page.get_by_role("button", name="Mark all as read").click()
    await expect(unread).to_be_hidden()
    await one.page.get_by_label("Changes of your rank").uncheck()
    await one.page.locator("form", has_text="What you want to hear").get_by_role("button", name="Save").click()
    await expect(one.page.get_by_label("Changes of your rank")).not_to_be_checked()


async def test_what_is_told_before_the_first_stream_of_a_browser_begins_is_told(
    visit: Visitor, api: Api, stores: Stores
) -> None:
    admin, me, may_begin = await api.admin(stores), await api.register("Early Reader"), asyncio.Event()

    async def wait(route: Route) -> None:
        await may_begin.wait()
        await route.continue_()

    one = await visit("/login")
    await one.page.route("**/api/v1/stream?*", wait)
    await log_in(one.page, me.username)
    await one.page.goto("/")
    await admin.announce("To the early", targetUsers=[me.id])
    await expect(one.page.locator(".unread")).to_be_hidden()
    may_begin.set()
    await expect(one.page.locator(".toast", has_text="To the early")).to_have_count(1, timeout=SOON)
    await expect(one.page.locator(".unread")).to_contain_text("1", timeout=SOON)


async def test_the_inbox_goes_on_filling_when_the_login_had_to_be_renewed(
    visit: Visitor, api: Api, stores: Stores
) -> None:
    admin, me = await api.admin(stores), await api.register("Patient Reader")
    one = await visit("/login", provoked=("401",))
    await log_in(one.page, me.username)
    await one.page.goto("/me")
    session = await only_session(admin, me)
    await expire(one.page.context, stores)
    data_of(await admin.request("DELETE", f"/api/v1/admin/connections/{session}"))

    async def listens_again() -> bool:
        return await sessions(admin, me) not in ([], [session])

    await eventually(listens_again)
    await admin.announce("To the patient", targetUsers=[me.id])
    await expect(one.page.locator(".inbox li.new", has_text="To the patient")).to_have_count(1, timeout=SOON)


async def test_an_inbox_that_could_not_be_had_is_asked_for_again(visit: Visitor, api: Api, stores: Stores) -> None:
    admin, me = await api.admin(stores), await api.register("Busy Reader")
    one = await visit("/login", provoked=("503",))
    await log_in(one.page, me.username)
    await one.page.clock.install()
    await one.page.goto("/me")
    await eventually(lambda: sessions(admin, me))
    await one.page.route("**/me/inbox", lambda route: route.fulfill(status=503), times=1)
    async with one.page.expect_response("**/me/inbox") as refused:
        await admin.announce("To the busy", targetUsers=[me.id])
    assert (await refused.value).status == 503
    await one.page.clock.fast_forward(15_000)
    await expect(one.page.locator(".inbox li.new", has_text="To the busy")).to_have_count(1, timeout=SOON)


async def sessions(admin: Player, user: Player) -> list[str]:
    answer = await admin.request("GET", f"/api/v1/admin/connections?user={user.id}")
    return [one["sessionId"] for one in data_of(answer)["connections"]]


async def only_session(admin: Player, user: Player) -> str:
    """The stream of the page that is open, when that of the page before it has ended."""

    async def alone() -> list[str]:
        open = await sessions(admin, user)
        return open if len(open) == 1 else []

    (session,) = await eventually(alone)
    return str(session)


async def expire(context: BrowserContext, stores: Stores, ago: timedelta = timedelta(hours=1)) -> None:
    """As it is after a quarter of an hour: the cookies are there, the access token is too old."""
    (cookie,) = [one for one in await context.cookies() if one["name"] == ACCESS_COOKIE]
    keys = load_settings(stores.environment).jwt_keys
    who = Tokens(keys, utc_now, str).verify_access(cookie["value"])
    old = Tokens(keys, lambda: utc_now() - ago, lambda: "old")
    value = old.access(who.user_id, who.role, who.login_id, who.generation, who.action_serial)
    await context.add_cookies(
        [{"name": ACCESS_COOKIE, "value": value, "domain": cookie["domain"], "path": "/", "httpOnly": True}]
    )


async def test_a_page_counts_down_to_maintenance_with_script_and_says_it_without(
    visit: Visitor, api: Api, stores: Stores
) -> None:
    admin, path = await api.admin(stores), "/api/v1/admin/maintenance"
    times = {"startsAt": iso(utc_now() + timedelta(seconds=100)), "endsAt": iso(utc_now() + timedelta(hours=3))}
    id = data_of(await admin.request("POST", path, {**times, "message": "New <disks>"}), 201)["id"]
    for script in (False, True):
        one = await visit("/", script=script)
        await expect(one.page.locator("#maintenance")).to_contain_text("New <disks>", timeout=SOON)
    left = one.page.locator("#maintenance .left")
    shown = await left.text_content()
    await expect(left).not_to_have_text(shown or "", timeout=SOON)
    await expect(left).to_contain_text("begins in")
    data_of(await admin.request("DELETE", f"{path}/{id}"))


async def test_nobody_speaks_of_a_maintenance_that_is_far_away(visit: Visitor, api: Api, stores: Stores) -> None:
    admin, path = await api.admin(stores), "/api/v1/admin/maintenance"
    starts = utc_now() + timedelta(days=60)
    times = {"startsAt": iso(starts), "endsAt": iso(starts + timedelta(hours=1))}
    id = data_of(await admin.request("POST", path, {**times, "message": "New roof"}), 201)["id"]
    one = await visit("/login")
    await log_in(one.page, (await api.register("Far Sighted")).username)
    await one.page.clock.install()
    await one.page.goto("/me")
    place = one.page.locator("#maintenance")
    await expect(place).to_be_empty()
    async with one.page.expect_response("**/api/v1/maintenance"):
        await one.page.clock.fast_forward(700_000)  # after which it asks, whatever its stream says
    asked = await one.page.evaluate("fetch('/api/v1/maintenance').then(answer => answer.text())")
    assert "New roof" in asked, "the API knows it"
    await expect(place).to_be_empty()
    data_of(await admin.request("DELETE", f"{path}/{id}"))
