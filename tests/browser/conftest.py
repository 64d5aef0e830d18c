"""A real Chromium, a real server, and pages that complain about every error they see."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright

from tests.support.browsers import CHROMIUM, Visit, launch, listen
from tests.support.clients import Api, Player
from tests.support.servers import Stores, WebServer

__all__ = ["BOARD", "CHROMIUM", "JUMP", "Visit", "Visitor", "listen"]

BOARD, JUMP = "high_jump", "jump"


#: `await visit(path, script=True, provoked=(), aborted="")`.
Visitor = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(scope="package")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


@pytest_asyncio.fixture(scope="package")
async def chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    browser = await launch(playwright)
    yield browser
    await browser.close()


@pytest.fixture(scope="module")
def site(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    return serve(stores)


@pytest_asyncio.fixture(scope="module")
async def api(site: WebServer) -> AsyncIterator[Api]:
    async with Api(site.url) as api:
        yield api


@pytest_asyncio.fixture(scope="module")
async def jumper(api: Api, stores: Stores) -> Player:
    """A player, and the board that all pages look at."""
    await (await api.admin(stores)).make_board(BOARD, JUMP, title="High jump")
    return await api.register("Stefka Kostadinova")


@pytest_asyncio.fixture
async def visit(chromium: Browser, site: WebServer, jumper: Player) -> AsyncIterator[Visitor]:
    """Opens pages; at the end none of them may have complained."""
    visits: list[Visit] = []
    async with AsyncExitStack() as stack:

        async def visit(
            path: str, *, script: bool = True, provoked: tuple[str, ...] = (), aborted: str = ""
        ) -> Visit:
            context = await chromium.new_context(base_url=site.url, java_script_enabled=script)
            stack.push_async_callback(context.close)
            page = await context.new_page()
            made = Visit(page, provoked=provoked)
            visits.append(made)
            listen(made)
            if aborted:
                await page.route(aborted, lambda route: route.abort())
            await page.goto(path)
            return made

        yield visit
    for made in visits:
        made.check()
