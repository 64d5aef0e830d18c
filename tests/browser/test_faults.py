"""Whatever happens to its stream, a page polls soon, streams again, and never shows an old board as a new one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error

from tests.browser.conftest import BOARD, JUMP, Visit, listen
from tests.browser.honesty import Truth, lies, scoring, states, watch
from tests.browser.stories import QUICK_CASES, USUAL_CASES, Case, Story, gone_and_back
from tests.support.clients import Player, eventually
from tests.support.proxies import Proxy, Treatment, passed_on
from tests.support.servers import Stores, WebServer, is_ready

#: Seconds between two heartbeats of the servers; tests score a lot.
QUICK, USUAL = 1, 15
PLENTY = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000, "RATE_LIMIT_IP_PER_MINUTE": 100_000}
#: Seconds between the beginnings of two cases: a browser that starts many pages at once does nothing else.
APART = 0.4
#: What a browser and htmx say of a server that does not answer, or not well.
PROVOKED = ("net::ERR_", "Failed to fetch", "status of 50", "network error", "htmx:error: timeout")
GONE = "gone and back"


@dataclass
class Stage:
    """Where pages go through what happens to them, and how each ended: with what was wrong."""

    chromium: Browser
    truth: Truth
    endings: dict[str, Exception | None] = field(default_factory=dict)

    async def play(self, name: str, server: WebServer, heartbeat: int, treatment: Treatment, story: Story) -> None:
        async with Proxy(server.port, treatment) as proxy:
            context = await self.chromium.new_context(base_url=proxy.url, reduced_motion="reduce")
            visit = Visit(await context.new_page(), provoked=PROVOKED)
            listen(visit)
            await watch(visit.page)
            # it reloads a page that a busy machine brings to life too slowly, and has tests of its own
            await visit.page.route("**/watchdog.js", lambda route: route.abort())
            self.endings[name] = None
            try:
                await visit.page.goto(f"/boards/{BOARD}")
                await story(Case(visit.page, proxy, self.truth))
                assert await lies(visit.page, self.truth, heartbeat) == []
                visit.check()
            except (AssertionError, Error) as failure:
                failure.add_note(f"The badge said {await states(visit.page)}")
                self.endings[name] = failure
            finally:
                await context.close()


@pytest.fixture(scope="module")
def site(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    return serve(stores, HEARTBEAT_SECONDS=QUICK, **PLENTY)


@pytest.fixture(scope="module")
def usual(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    return serve(stores, HEARTBEAT_SECONDS=USUAL, **PLENTY)


@pytest_asyncio.fixture(scope="module")
async def stage(
    chromium: Browser,
    site: WebServer,
    usual: WebServer,
    stores: Stores,
    serve: Callable[..., WebServer],
    jumper: Player,
) -> AsyncIterator[Stage]:
    """All cases side by side, as most of them is waiting."""

    async def start_again() -> None:
        again = serve(stores, port=usual.port, ready=False, HEARTBEAT_SECONDS=USUAL, **PLENTY)
        await eventually(lambda: asyncio.to_thread(is_ready, again.url))

    async def on_the_usual_server(stage: Stage) -> None:
        await asyncio.gather(*(stage.play(name, usual, USUAL, *case) for name, case in USUAL_CASES.items()))
        await stage.play(GONE, usual, USUAL, passed_on, gone_and_back(usual.kill, start_again))

    async with scoring(jumper, JUMP) as truth, asyncio.TaskGroup() as playing:
        stage = Stage(chromium, truth)
        playing.create_task(on_the_usual_server(stage))
        for name, case in QUICK_CASES.items():
            playing.create_task(stage.play(name, site, QUICK, *case))
            await asyncio.sleep(APART)
    yield stage


@pytest.mark.parametrize("name", [*QUICK_CASES, *USUAL_CASES, GONE])
def test_a_page_is_honest_when_its_stream_is(stage: Stage, name: str) -> None:
    failure = stage.endings[name]
    if failure is not None:
        raise failure
