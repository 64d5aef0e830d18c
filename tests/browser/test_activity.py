"""The feed in a real browser: by stream, by polling, and by reloading."""

from collections.abc import Callable

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import JUMP, Visitor
from tests.support.clients import Api
from tests.support.processes import eventually
from tests.support.servers import Program, Stores

PAGE = "/activity"
STREAM = "**/api/v1/stream*"
#: Milliseconds for what is told at once, and for what is polled, on a busy machine.
SOON, POLLED = 5_000, 10_000


@pytest.fixture(scope="module", autouse=True)
def worker(stores: Stores, work: Callable[..., Program]) -> None:
    program = work(stores)
    eventually(lambda: "worker active" in program.log_text())


def stories(page: Page, name: str) -> Locator:
    return page.locator("#stories li", has_text=name)


async def test_the_feed_grows_on_an_open_page(visit: Visitor, api: Api) -> None:
    """By the stream; and no entry comes twice, although the page polled before."""
    one = await visit(PAGE)
    for number in range(2):
        player = await api.register(f"Dick Fosbury {number}")
        await player.score("quiz_complete")
        await expect(stories(one.page, player.username).first).to_be_visible(timeout=POLLED)
    await expect(one.page.locator('#connection[data-state="live"]')).to_be_visible(timeout=SOON)
    ids = await one.page.locator("#stories li").evaluate_all("rows => rows.map((row) => row.id)")
    assert len(ids) == len(set(ids))
    assert ids == sorted(ids, key=lambda id: int(id.removeprefix("story-c"), 36), reverse=True)
    assert one.loads == 1
    await stories(one.page, player.username).first.locator("a").click()
    await expect(one.page.locator("h1")).to_have_text(player.username)
    await expect(one.page.locator(".achievements").first).to_contain_text("First hundred")


async def test_a_feed_of_one_kind_hears_only_that(visit: Visitor, api: Api) -> None:
    one = await visit(f"{PAGE}?kind=achievement")
    await expect(one.page.locator('#connection:not([data-state="connecting"])')).to_be_visible(timeout=POLLED)
    player = await api.register("Straddle Technique")
    await player.score("quiz_complete")
    told = one.page.locator("[data-stories] li", has_text=player.username)
    await expect(told.first).to_contain_text("unlocked", timeout=POLLED)
    await expect(one.page.locator("[data-stories] li:not(.achievement)")).to_have_count(0)


async def test_without_a_stream_the_feed_is_polled(visit: Visitor, api: Api) -> None:
    one = await visit(PAGE, aborted=STREAM, provoked=("net::ERR_", "Failed to fetch"))
    player = await api.register("Brill Bend")
    await player.score(JUMP, 5)
    await player.score("quiz_complete")
    await expect(stories(one.page, player.username).first).to_be_visible(timeout=POLLED)
    await expect(one.page.locator('#connection[data-state="polling"]')).to_be_visible(timeout=SOON)


async def test_without_script_it_shows_what_was_told_and_reloads(visit: Visitor, api: Api) -> None:
    one = await visit(PAGE, script=False)
    player = await api.register("Western Roll")
    await player.score("quiz_complete")
    await expect(stories(one.page, player.username).first).to_be_visible(timeout=POLLED)
    assert one.loads >= 2
