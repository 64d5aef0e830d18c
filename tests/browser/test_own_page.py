"""The page of one's own, and what all pages say of maintenance, in a real browser."""

from datetime import timedelta

from playwright.async_api import expect

from sse_board.clock import iso, utc_now
from tests.browser.conftest import Visitor
from tests.browser.test_pages import SOON, log_in
from tests.support.clients import Api, data_of
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
