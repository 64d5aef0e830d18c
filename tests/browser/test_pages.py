"""Pages in a real browser: alive with script, true without, and honest about their connection."""

import asyncio
import re
from collections.abc import Callable

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import BOARD, JUMP, Visitor
from tests.support.clients import PASSWORD, Api, Player, eventually
from tests.support.proxies import Proxy, passed_on
from tests.support.servers import Stores, WebServer

PAGE = f"/boards/{BOARD}"
STREAM = "**/api/v1/stream*"
#: Milliseconds for what happens at once, on a busy machine.
SOON = 5_000
#: Without a stream a page polls within this: milliseconds.
POLLING_WITHIN = 5_000
#: …and streams again within this, as its attempts have become rarer: milliseconds.
LIVE_AGAIN_WITHIN = 20_000
#: A page that nobody sees would have asked for something within this: seconds.
BEFORE_POLLING = 3.5
#: Of the six connections that a browser opens to a host, so many may be streams.
STREAMS_PER_BROWSER = 4
#: A page without script reloads itself every five seconds: milliseconds.
RELOADED_WITHIN = 8_000
#: What a page asks for once, when its stream has begun.
CAUGHT_UP = "**/api/v1/events?*"
#: What a browser and htmx say of a server that does not answer.
NO_NETWORK = ("net::ERR_", "Failed to fetch")


def row(page: Page, player: Player) -> Locator:
    return page.locator(f"#entry-{BOARD}-{player.id}")


def working(page: Page) -> Locator:
    """The badge, once the board is kept fresh in one way or the other."""
    return page.locator('#connection:is([data-state="live"], [data-state="polling"])')


def badge(page: Page, state: str) -> Locator:
    return page.locator(f'#connection[data-state="{state}"]')


async def score_of(api: Api, player: Player) -> str:
    rows = (await api.board(BOARD))["leaderboard"]
    return next(f"{row['score']:,}" for row in rows if row["userId"] == player.id)


async def test_an_action_changes_two_open_pages_without_a_reload(visit: Visitor, api: Api, jumper: Player) -> None:
    pages = [await visit(PAGE), await visit("/")]
    for one in pages:
        await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
        await one.page.evaluate("window.untouched = true")
    await jumper.score(JUMP, 1_209)
    shown = await score_of(api, jumper)
    for one in pages:
        await expect(row(one.page, jumper).locator(".score")).to_have_text(shown, timeout=SOON)
        await expect(row(one.page, jumper).locator("bdi")).to_have_text(jumper.username)
        assert one.loads == 1
        assert await one.page.evaluate("window.untouched") is True


async def test_without_script_the_page_shows_the_board_and_reloads_itself(
    visit: Visitor, api: Api, jumper: Player
) -> None:
    await jumper.score(JUMP, 1)
    one = await visit(PAGE, script=False)
    await expect(row(one.page, jumper).locator(".score")).to_have_text(await score_of(api, jumper))
    await expect(one.page.locator("#connection noscript")).to_be_visible()
    assert one.loads == 1
    await jumper.score(JUMP, 1)
    shown = await score_of(api, jumper)
    await expect(row(one.page, jumper).locator(".score")).to_have_text(shown, timeout=RELOADED_WITHIN)
    assert one.loads >= 2


async def test_people_register_log_out_and_log_in_by_forms(visit: Visitor) -> None:
    name = "Form Filler"
    one = await visit("/register")
    await one.page.get_by_label("Username").fill(name)
    await one.page.get_by_label("Email").fill("filler@example.org")
    await one.page.get_by_label("Password").fill(PASSWORD)
    async with one.page.expect_response(CAUGHT_UP):  # or what it asks for may be refused when they log out
        await one.page.get_by_role("button", name="Register").click()
    await expect(one.page.locator(".whoami")).to_contain_text(name, timeout=SOON)
    cookies = await one.page.context.cookies()
    assert cookies
    assert all(cookie["httpOnly"] and cookie["sameSite"] in ("Lax", "Strict") for cookie in cookies)
    await one.page.get_by_role("button", name="Log out").click()
    await expect(one.page.get_by_role("link", name="Log in")).to_be_visible(timeout=SOON)
    await expect(one.page.locator(".whoami")).to_have_count(0)
    await log_in(one.page, name)
    await expect(one.page.locator(".whoami")).to_contain_text(name, timeout=SOON)


async def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    await page.goto("/login")
    await page.get_by_label("Username").fill(name)
    await page.get_by_label("Password").fill(password)
    async with page.expect_navigation():  # or the next page is asked for before there is a login
        await page.get_by_role("button", name="Log in").click()


async def test_a_wrong_password_is_told_on_the_form(visit: Visitor, jumper: Player) -> None:
    one = await visit("/login", provoked=("401",))
    await log_in(one.page, jumper.username, "not the password")
    await expect(one.page.get_by_role("alert")).to_be_visible(timeout=SOON)
    await expect(one.page.get_by_label("Username")).to_have_value(jumper.username)


async def test_the_readers_own_row_is_marked_and_stays_so(visit: Visitor, api: Api, jumper: Player) -> None:
    me = await api.register("Marked One")
    await me.score(JUMP, 7)
    await jumper.score(JUMP, 1)
    one = await visit("/login")
    await log_in(one.page, me.username)
    await expect(one.page.locator(".whoami")).to_contain_text(me.username, timeout=SOON)
    await one.page.goto(PAGE)
    own = one.page.locator(f"#board-{BOARD} tr[data-own]")
    await expect(own).to_have_attribute("data-user", me.id)
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    await me.score(JUMP, 600_000)
    await expect(row(one.page, me).locator(".score")).to_have_text("600,007", timeout=SOON)
    await expect(own).to_have_count(1)
    await expect(own).to_have_attribute("data-user", me.id)


@pytest.mark.parametrize("path", ["/", PAGE, "/login", "/register"])
async def test_no_page_complains(visit: Visitor, path: str) -> None:
    one = await visit(path)
    await one.page.wait_for_load_state("load")
    if path in ("/", PAGE):
        await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    assert await one.page.title()


async def test_an_unknown_page_is_an_html_page(visit: Visitor) -> None:
    one = await visit("/boards/nowhere", provoked=("404",))
    await expect(one.page.get_by_role("link", name="all boards")).to_be_visible()


async def test_a_page_whose_stream_is_refused_polls_and_streams_again(
    visit: Visitor, api: Api, jumper: Player
) -> None:
    await jumper.score(JUMP, 1)
    one = await visit(PAGE, provoked=NO_NETWORK, aborted=STREAM)
    await expect(badge(one.page, "polling")).to_be_visible(timeout=POLLING_WITHIN)
    await jumper.score(JUMP, 1)
    shown = await score_of(api, jumper)
    await expect(row(one.page, jumper).locator(".score")).to_have_text(shown, timeout=POLLING_WITHIN)
    await one.page.unroute(STREAM)
    await expect(badge(one.page, "live")).to_be_visible(timeout=LIVE_AGAIN_WITHIN)
    await jumper.score(JUMP, 1)
    shown = await score_of(api, jumper)
    await expect(row(one.page, jumper).locator(".score")).to_have_text(shown, timeout=SOON)
    assert one.loads == 1


async def leads(tab: Page) -> bool:
    return bool(await tab.evaluate("seats.leads()"))


async def test_seven_tabs_of_one_browser_share_one_stream(
    chromium: Browser, site: WebServer, api: Api, jumper: Player
) -> None:
    async def all_show_a_change_by_one_stream() -> None:
        await asyncio.gather(
            *(expect(badge(tab, "live")).to_be_visible(timeout=LIVE_AGAIN_WITHIN) for tab in tabs)
        )
        result = await player.score(JUMP, 1)
        shown = f"{result['newScore']:,}"
        for tab in tabs:
            await expect(row(tab, player).locator(".score")).to_have_text(shown, timeout=POLLING_WITHIN)
        await eventually(lambda: proxy.streams == 1)

    player = await api.register()
    await player.score(JUMP, 1_000)
    async with Proxy(site.port, passed_on) as proxy:
        context = await chromium.new_context(base_url=proxy.url, reduced_motion="reduce")
        tabs = [await context.new_page() for _ in range(7)]
        await asyncio.gather(*(tab.goto(PAGE) for tab in tabs))
        await all_show_a_change_by_one_stream()
        (leader,) = [tab for tab in tabs if await leads(tab)]
        tabs.remove(leader)
        await leader.close()
        await all_show_a_change_by_one_stream()
        await context.close()


async def test_tabs_that_want_different_streams_leave_room_for_everything_else(
    chromium: Browser, site: WebServer, jumper: Player
) -> None:
    """Over HTTP/1.1 a browser opens six connections to a host: tabs beyond the first few poll."""

    async def all_settled() -> bool:
        return await asyncio.gather(*(working(tab).count() for tab in tabs)) == [1] * len(tabs)

    paths = ["/", PAGE, f"/kiosk/{BOARD}", "/activity", "/tournaments", "/boards/overall"]
    async with Proxy(site.port, passed_on) as proxy:
        context = await chromium.new_context(base_url=proxy.url)
        tabs = [await context.new_page() for _ in paths]
        await asyncio.gather(*(tab.goto(path) for tab, path in zip(tabs, paths, strict=True)))
        await eventually(all_settled, LIVE_AGAIN_WITHIN / 1000)
        await eventually(lambda: proxy.streams <= STREAMS_PER_BROWSER)
        await context.close()


async def test_a_tab_opened_in_the_background_waits_until_it_is_seen(
    chromium: Browser, site: WebServer, jumper: Player
) -> None:
    context = await chromium.new_context(base_url=site.url)
    await context.add_init_script("Object.defineProperty(document, 'hidden', { get: () => !window.seen });")
    tab = await context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    await tab.goto(PAGE)
    await asyncio.sleep(BEFORE_POLLING)
    assert asked == []
    await tab.evaluate("window.seen = true; document.dispatchEvent(new Event('visibilitychange'));")
    await expect(badge(tab, "live")).to_be_visible(timeout=SOON)
    await context.close()


async def test_a_wall_is_live_with_script_and_turns_from_board_to_board(visit: Visitor, api: Api) -> None:
    wall = f"/kiosk/{BOARD}"
    still, turning, plain = await asyncio.gather(
        visit(wall),
        visit(f"{wall}?rotate={BOARD},overall&seconds=5&theme=dark"),
        visit(wall, script=False),
    )
    for one in (still, turning):
        await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    player = await api.register()
    shown = f"{(await player.score(JUMP, 900))['newScore']:,}"
    for one in (still, turning):
        await expect(row(one.page, player).locator(".score")).to_have_text(shown, timeout=SOON)
    await expect(row(plain.page, player).locator(".score")).to_have_text(shown, timeout=RELOADED_WITHIN)
    await expect(turning.page).to_have_url(
        re.compile(rf"/kiosk/overall\?rotate={BOARD},overall"), timeout=RELOADED_WITHIN
    )
    await expect(turning.page.locator("#board-overall")).to_be_visible()
    await expect(badge(turning.page, "live")).to_be_visible(timeout=SOON)
    await expect(turning.page).to_have_url(re.compile(f"/kiosk/{BOARD}"), timeout=RELOADED_WITHIN)
    assert still.loads == 1


async def test_the_readers_place_is_pinned_while_their_row_is_out_of_sight(
    visit: Visitor, api: Api, jumper: Player
) -> None:
    leader, me = await api.register(), await api.register("Pinned One")
    await leader.score(JUMP, 900_000)
    await me.score(JUMP, 899_963)
    one = await visit("/login")
    await log_in(one.page, me.username)
    await expect(one.page.locator(".whoami")).to_contain_text(me.username, timeout=SOON)
    await one.page.set_viewport_size({"width": 600, "height": 420})
    await one.page.goto(PAGE)
    strip = one.page.locator("#own")
    await expect(strip).to_contain_text(f"37 {await unit_of(api)}behind {leader.username}")
    await row(one.page, me).scroll_into_view_if_needed()
    await expect(strip).to_be_hidden(timeout=SOON)
    await one.page.evaluate("scrollTo(0, 0)")
    await one.page.set_viewport_size({"width": 600, "height": 300})
    await expect(strip).to_be_visible(timeout=SOON)
    await me.score(JUMP, 30)
    await expect(strip).to_contain_text("7 ", timeout=SOON)
    await one.page.get_by_role("link", name="Around me").click()
    await expect(row(one.page, me)).to_have_attribute("data-own", "")
    await expect(working(one.page)).to_be_visible(timeout=POLLING_WITHIN)
    result = await me.score(JUMP, 20)
    shown = row(one.page, me).locator(".score")
    await expect(shown).to_have_text(f"{result['newScore']:,}", timeout=POLLING_WITHIN)
    await expect(row(one.page, me)).to_have_attribute("data-rank", "1")


async def unit_of(api: Api) -> str:
    """The board's, with the space behind it."""
    boards = (await api.http.get(f"/api/v1/boards/{BOARD}")).json()["data"]
    return f"{boards['unit']} " if boards["unit"] else ""


async def test_colours_are_chosen_without_script_and_lead_back(visit: Visitor) -> None:
    one = await visit(PAGE, script=False)
    await one.page.get_by_role("button", name="Dark", exact=True).click()
    await expect(one.page).to_have_url(re.compile(f"{PAGE}$"))
    ground = "getComputedStyle(document.body).backgroundColor"
    await expect(one.page.locator('link[href$="night.css"]')).to_have_attribute("media", "all")
    assert await one.page.evaluate(ground) == "rgb(7, 18, 14)"


async def test_a_page_outlives_its_server(
    visit: Visitor, jumper: Player, stores: Stores, site: WebServer, serve: Callable[..., WebServer]
) -> None:
    """The last test of this module: it ends the server that the others use."""
    one = await visit(PAGE, provoked=(*NO_NETWORK, "htmx:error: timeout"))  # while it starts it lets wait
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    site.stop()
    await expect(badge(one.page, "offline")).to_be_visible(timeout=POLLING_WITHIN)
    await expect(row(one.page, jumper)).to_be_visible()
    again = serve(stores, port=site.port)
    async with Api(again.url) as api:
        result = await jumper.score(JUMP, 3, api=api)
    await expect(row(one.page, jumper).locator(".score")).to_have_text(
        f"{result['newScore']:,}", timeout=LIVE_AGAIN_WITHIN
    )
    await expect(badge(one.page, "live")).to_be_visible(timeout=LIVE_AGAIN_WITHIN)
    assert one.loads == 1
