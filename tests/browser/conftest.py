"""A real Chromium, a real server, and pages that complain about every error they see."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, async_playwright

from tests.support.clients import Api, Player
from tests.support.servers import Stores, WebServer

CHROMIUM = "/usr/bin/chromium"
BOARD, JUMP = "high_jump", "jump"


@dataclass
class Visit:
    """A page in a browser of its own, with what it complained about and how often it was loaded."""

    page: Page
    errors: list[str] = field(default_factory=list)
    loads: int = 0
    #: Complaints that contain one of these are what the test provokes.
    provoked: tuple[str, ...] = ()

    def check(self) -> None:
        wrong = [error for error in self.errors if not any(part in error for part in self.provoked)]
        assert not wrong, f"{self.page.url} complained: {wrong}"


#: `await visit(path, script=True, provoked=(), aborted="")`.
Visitor = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(scope="package")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


@pytest_asyncio.fixture(scope="package")
async def chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    arguments = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
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


def listen(visit: Visit) -> None:
    """Errors, warnings of the content security policy among them, and loads of the page itself."""

    def loaded() -> None:
        visit.loads += 1

    page = visit.page
    page.on("console", lambda said: visit.errors.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("framenavigated", lambda frame: loaded() if frame == page.main_frame else None)
