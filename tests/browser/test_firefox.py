"""The main things that happen to a connection, in another browser: one page, and what it goes through."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Playwright, expect

from tests.browser.conftest import Visit, listen
from tests.browser.test_pages import LIVE_AGAIN_WITHIN, PAGE, badge, row
from tests.support.clients import Player, eventually
from tests.support.proxies import Proxy, answered, passed_on
from tests.support.servers import WebServer

FIREFOX = "/usr/bin/firefox-esr"
JUMP = "jump"
#: What Firefox and htmx say of a server that does not answer.
NO_NETWORK = (
    "NetworkError",
    "network error",
    "htmx:error",
    "htmx:sse:error",
    "502",
    "interrupted",
    "Cross-Origin",
)


@pytest_asyncio.fixture(scope="module")
async def firefox(playwright: Playwright) -> AsyncIterator[Browser]:
    browser = await playwright.firefox.launch(channel="moz-firefox", executable_path=FIREFOX)
    yield browser
    await browser.close()


async def test_a_page_polls_streams_is_cut_off_and_loses_the_network_and_is_honest_about_all_of_it(
    firefox: Browser, site: WebServer, jumper: Player
) -> None:
    async def says(state: str) -> None:
        await expect(badge(page, state)).to_be_visible(timeout=LIVE_AGAIN_WITHIN)

    async def shows_news() -> None:
        shown = f"{(await jumper.score(JUMP, 1))['newScore']:,}"
        await expect(row(page, jumper).locator(".score")).to_have_text(shown, timeout=LIVE_AGAIN_WITHIN)

    async with Proxy(site.port, answered("502 Bad Gateway", "Sorry")) as proxy:
        context = await firefox.new_context(base_url=proxy.url)
        page = await context.new_page()
        visit = Visit(page, provoked=NO_NETWORK)
        listen(visit)
        await page.goto(PAGE)
        await says("polling")
        await shows_news()
        proxy.treatment = passed_on
        await says("live")
        await shows_news()
        proxy.cut()
        await shows_news()
        await says("live")
        await context.set_offline(True)
        await says("offline")
        await context.set_offline(False)
        await says("live")
        await shows_news()
        assert visit.loads == 1
        await context.close()
    visit.check()


async def test_tabs_share_one_stream(firefox: Browser, site: WebServer, jumper: Player) -> None:
    async with Proxy(site.port, passed_on) as proxy:
        context = await firefox.new_context(base_url=proxy.url)
        tabs = [await context.new_page() for _ in range(2)]
        for tab in tabs:
            await tab.goto(PAGE)
        for tab in tabs:
            await expect(badge(tab, "live")).to_be_visible(timeout=LIVE_AGAIN_WITHIN)
        await eventually(lambda: proxy.streams == 1)
        await context.close()
