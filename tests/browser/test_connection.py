"""What a page says of its connection, of its login and of its own age.

Which state is tested where: refused from the start, cut, withheld, frozen, slowed, in pieces, answered by a proxy,
network gone and back, server killed, tab hidden, machine asleep: `test_faults.py` (its stories). Server restarted,
stream refused by the browser, seven tabs, different streams, a tab opened in the background: `test_pages.py`.
Here: pages that ask when an event wakes them; a login that runs out, ends elsewhere or is renewed; a newer
version; a browser that cannot run the scripts. In Firefox: `test_firefox.py`.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from sse_board.accounts.tokens import ACCESS_SECONDS
from sse_board.clock import utc_now
from sse_board.live.delivery.lifetime import EXPIRY_NOTICE_SECONDS
from tests.browser.conftest import Visit, Visitor
from tests.browser.test_own_page import expire, only_session, sessions
from tests.browser.test_pages import LIVE_AGAIN_WITHIN, NO_NETWORK, PAGE, SOON, badge, log_in
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.organiser import Organiser
from tests.support.proxies import Proxy, answered, passed_on
from tests.support.servers import Stores, WebServer

#: Milliseconds after which the watchdog looks for the first time.
WATCHDOG_LOOKS = 10_000
#: A stream that was refused so often is tried after pauses of the longest kind; one that came, after a short one.
REFUSALS, LONGEST_PAUSE, SHORT_PAUSE = 5, 20_000, 7_000
#: As when the reader looks at another tab.
HIDE = """
Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
document.dispatchEvent(new Event("visibilitychange"));
"""


@pytest_asyncio.fixture
async def admin(api: Api, stores: Stores) -> Player:
    return await api.admin(stores)


@pytest_asyncio.fixture
async def reader(visit: Visitor, api: Api) -> AsyncIterator[tuple[Visit, Player]]:
    """Somebody who has logged in and looks at a board."""
    user = await api.register()
    one = await visit("/login", provoked=("401", "400"))
    await log_in(one.page, user.username)
    await one.page.goto(PAGE)
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    yield one, user


async def test_a_page_that_events_wake_is_live_and_shows_what_they_tell_of(visit: Visitor, admin: Player) -> None:
    one = await visit("/tournaments")
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    await Organiser(admin).create("Waking Open", rounds=3)
    await expect(one.page.get_by_role("link", name="Waking Open")).to_be_visible(timeout=SOON)
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)


async def test_a_login_that_ran_out_is_renewed_without_a_word(
    reader: tuple[Visit, Player], admin: Player, stores: Stores
) -> None:
    one, user = reader
    session = await only_session(admin, user)
    await expire(one.page.context, stores)
    data_of(await admin.request("DELETE", f"/api/v1/admin/connections/{session}"))

    async def streams_again() -> bool:
        return await sessions(admin, user) not in ([], [session])

    await eventually(streams_again, LIVE_AGAIN_WITHIN / 1000)
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    await expect(one.page.locator(".note")).to_have_count(0)


async def test_a_login_is_renewed_before_it_runs_out(
    reader: tuple[Visit, Player], admin: Player, stores: Stores
) -> None:
    one, user = reader
    session = await only_session(admin, user)
    left = EXPIRY_NOTICE_SECONDS + 1
    async with one.page.expect_response("**/api/v1/auth/refresh", timeout=LIVE_AGAIN_WITHIN) as renewed:
        await expire(one.page.context, stores, timedelta(seconds=ACCESS_SECONDS - left))
        data_of(await admin.request("DELETE", f"/api/v1/admin/connections/{session}"))
    assert (await renewed.value).ok
    await expect(badge(one.page, "live")).to_be_visible(timeout=LIVE_AGAIN_WITHIN)
    await expect(one.page.locator(".note")).to_have_count(0)


async def test_a_login_that_ended_in_another_tab_is_told_and_the_page_goes_on(
    reader: tuple[Visit, Player],
) -> None:
    one, _ = reader
    other = await one.page.context.new_page()
    await other.goto(PAGE)
    await other.get_by_role("button", name="Log out").click()
    note = one.page.locator(".note")
    await expect(note).to_contain_text("You have been logged out", timeout=LIVE_AGAIN_WITHIN)
    await expect(badge(one.page, "live")).to_be_visible(timeout=LIVE_AGAIN_WITHIN)
    await note.get_by_role("link", name="Log in").click()
    await expect(one.page.get_by_label("Username")).to_be_visible(timeout=SOON)
    assert PAGE in (await one.page.locator("[name=next]").input_value())


async def visit_older(visit: Visitor) -> Visit:
    """A page of another build than the one that the server has now."""
    one = await visit("/login")
    await one.page.add_init_script("addEventListener('stream:outdated', () => { window.told = true; }, true);")

    async def older(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=(await answer.text()).replace('data-build="', 'data-build="0'))

    await one.page.route(f"**{PAGE}", older, times=1)
    await one.page.goto(PAGE)
    await expect(one.page.locator(".note")).to_contain_text("A new version is ready", timeout=SOON)
    return one


async def test_a_new_version_is_told_and_taken_when_nobody_looks(visit: Visitor) -> None:
    one = await visit_older(visit)
    assert await one.page.evaluate("window.told"), "a wall need not wait"
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    loads = one.loads
    await one.page.evaluate(HIDE)
    await eventually(lambda: one.loads == loads + 1)
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    await expect(one.page.locator(".note")).to_have_count(0)


async def test_no_new_version_is_taken_where_something_was_typed(visit: Visitor) -> None:
    one = await visit_older(visit)
    asked: list[str] = []
    one.page.on("request", lambda request: asked.append(request.method))
    await one.page.evaluate("document.dispatchEvent(new Event('input'));" + HIDE)
    assert "HEAD" not in asked


async def test_a_page_with_fields_is_not_loaded_again_under_who_is_typing(
    reader: tuple[Visit, Player],
) -> None:
    one, page = reader[0], reader[0].page
    one.provoked = ("lexically bound",)
    await page.route("**/site.js", lambda route: route.fulfill(body="let let = (", content_type="text/javascript"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    await page.clock.install()
    await page.goto("/me")
    await page.clock.fast_forward(2 * WATCHDOG_LOOKS)
    assert "HEAD" not in asked


async def test_a_stream_that_came_is_soon_tried_again_however_often_it_was_refused_before(
    chromium: Browser, site: WebServer, jumper: Player
) -> None:
    async with Proxy(site.port, answered("502 Bad Gateway", "Sorry")) as proxy:
        page = await chromium.new_page(base_url=proxy.url)
        await page.clock.install()
        await page.add_init_script("Math.random = () => 0.5")
        await page.goto(PAGE)
        for _ in range(REFUSALS):
            await tried_within(page, LONGEST_PAUSE)
        proxy.treatment = passed_on
        await tried_within(page, LONGEST_PAUSE)
        await expect(badge(page, "live")).to_be_visible(timeout=SOON)
        proxy.cut()
        await expect(badge(page, "polling")).to_be_visible(timeout=SOON)
        await tried_within(page, SHORT_PAUSE)
        await expect(badge(page, "live")).to_be_visible(timeout=SOON)
        await page.close()


async def tried_within(page: Page, milliseconds: int) -> None:
    """Only what measures time jumps: by the clock on the wall the stream would come from the past."""
    async with page.expect_response("**/api/v1/stream?*", timeout=SOON):
        await page.clock.fast_forward(milliseconds)
        await page.clock.set_system_time(utc_now())


async def test_a_browser_that_cannot_run_the_script_loads_the_page_again_once_somebody_answers(
    visit: Visitor,
) -> None:
    one = await visit("/login", provoked=("lexically bound", *NO_NETWORK))
    page = one.page
    await page.route("**/site.js", lambda route: route.fulfill(body="let let = (", content_type="text/javascript"))
    await page.clock.install()
    await page.goto(PAGE)
    loads = one.loads
    await page.context.set_offline(True)
    await page.clock.fast_forward(WATCHDOG_LOOKS)
    await expect(page.locator("h1")).to_be_visible()
    await page.context.set_offline(False)
    assert one.loads == loads, "an error of the browser's is no page"
    await page.clock.fast_forward(WATCHDOG_LOOKS)
    await eventually(lambda: one.loads == loads + 1)
