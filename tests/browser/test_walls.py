"""Walls: fitted to their screen, alive for hours without anybody, and understood by televisions of 2014.

A board in somebody else's page is a small wall. What else befalls pages is in test_faults.py.
"""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from sse_board.web.bundles import wall_script
from tests.browser.conftest import BOARD, JUMP, Visit, Visitor, listen
from tests.browser.elsewhere import AROUND, colour_at_left_of, framing
from tests.support import newer
from tests.support.clients import Api, Player, eventually
from tests.support.servers import Runner, Stores, WebServer
from tests.support.televisions import as_in_2014

WALL = f"/kiosk/{BOARD}?rotate={BOARD},overall&seconds=5"
#: Televisions, one of them upright, and an old projector: CSS pixels.
SCREENS = ((1280, 720), (1920, 1080), (3840, 2160), (1080, 1920), (1024, 768))
#: Letters of this share of the screen's height are read from ten metres.
LETTERS = 1 / 40
#: Of the screen's height, what ten rows and the heads above them fill.
FILLED = 0.9
#: Milliseconds for what happens at once, on a busy machine.
SOON = 10_000
NO_NETWORK = ("net::ERR_", "Failed to fetch", "htmx:error")
#: An embedded board, and its colours as browsers say them.
EMBED = f"/embed/{BOARD}?rows=2&ink=102030&accent=d4f04a&scale=150&foot=0"
INK, ACCENT = "rgb(16, 32, 48)", "rgb(212, 240, 74)"
#: How a browser says that a page may not be framed.
REFUSED = "frame-ancestors"
LONG = "W" * 30
HUGE = "9,007,199,254,740,992"

#: What of the shown screen reaches how far, in shares of the screen.
MEASURED = """() => {
  const rows = [...document.querySelectorAll(".turn:not([hidden]) tbody tr")];
  const inside = (what, cell) => what.getBoundingClientRect().right <= cell.getBoundingClientRect().right;
  const text = (cell) => { const range = document.createRange(); range.selectNodeContents(cell); return range; };
  const root = document.documentElement;
  return {
    rows: rows.length,
    bottom: rows.at(-1).getBoundingClientRect().bottom / innerHeight,
    letters: Math.min(...rows.flatMap((row) => ["bdi", ".rank"].map((part) =>
      parseFloat(getComputedStyle(row.querySelector(part)).fontSize)))) / innerHeight,
    cut: rows.filter((row) => !inside(text(row.querySelector(".score")), row.querySelector(".score"))
      || !inside(row.querySelector(".player > span"), row.querySelector(".player"))).length,
    scrolls: root.scrollWidth > innerWidth || root.scrollHeight > innerHeight,
  };
}"""
VAST = """(score) => {
  const table = document.querySelector(".turn:not([hidden]) table");
  table.className = "vast";
  table.querySelector("tbody .score").textContent = score;
}"""
#: Instead of the browser's: which locks were asked for.
LOCKS = """
window.locks = [];
const request = async (kind) => locks[locks.push(Object.assign(new EventTarget(), { kind })) - 1];
Object.defineProperty(navigator, "wakeLock", { value: { request } });
"""


@pytest_asyncio.fixture(scope="module")
async def crowd(api: Api, jumper: Player) -> list[Player]:
    """Ten rows, one of them as wide as a name can be, one from right to left."""
    players = await api.register_all([LONG, "محمد بن عبد الله", *(f"Jumper {number}" for number in range(8))])
    for number, player in enumerate(players):
        await player.score(JUMP, 1_000 + number)
    return players


@pytest_asyncio.fixture
async def television(chromium: Browser, site: WebServer, crowd: list[Player]) -> AsyncIterator[Visit]:
    """It has script, but not ours: its page is asked for anew. Time can be put forward."""
    context = await chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 720})
    visit = Visit(await context.new_page(), provoked=("Unexpected token",))
    listen(visit)
    for bundle in ("**/site.css", "**/night.css", "**/wall.css"):
        await visit.page.route(bundle, styled_as_in_2014)
    await visit.page.route("**/site.js", not_understood)
    await visit.page.clock.install()
    yield visit
    visit.check()
    await visit.page.unroute_all(behavior="ignoreErrors")  # it may be asking just now
    await context.close()


async def not_understood(route: Route) -> None:
    await route.fulfill(response=await route.fetch(), body=")")


async def styled_as_in_2014(route: Route) -> None:
    answer = await route.fetch()
    await route.fulfill(response=answer, body=as_in_2014(await answer.text()))


def badge(page: Page, state: str) -> Any:
    return page.locator(f'#connection[data-state="{state}"]')


async def check_fit(page: Page, letters: float = LETTERS) -> None:
    for width, height in SCREENS:
        await page.set_viewport_size({"width": width, "height": height})
        found = await page.evaluate(MEASURED)
        assert (found["rows"], found["cut"], found["scrolls"]) == (10, 0, False), (width, height, found)
        assert FILLED < found["bottom"] <= 1, (width, height, found)
        assert found["letters"] >= letters, (width, height, found)


async def test_ten_rows_fill_every_screen_whatever_they_say(visit: Visitor, crowd: list[Player]) -> None:
    one = await visit(f"/kiosk/{BOARD}?theme=dark")
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    await check_fit(one.page)
    await one.page.evaluate(VAST, HUGE)
    await check_fit(one.page)
    assert await one.page.locator(".turn svg.code").get_attribute("viewBox")
    await expect(one.page.locator("html")).to_have_attribute("data-pointer", "hidden", timeout=SOON)
    await expect(one.page.locator("#clock")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    await one.page.keyboard.press("f")
    await one.page.wait_for_function("document.fullscreenElement !== null")


async def test_an_old_television_shows_it_well_turns_and_keeps_it_fresh(
    television: Visit, crowd: list[Player], site: WebServer
) -> None:
    page = television.page
    await page.goto(f"/kiosk/{BOARD}?rotate={BOARD},overall&seconds=600")
    await check_fit(page)
    ground = "getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(ground) == "rgb(7, 18, 14)"
    result = await crowd[0].score(JUMP, 7)
    row = page.locator(f"#entry-{BOARD}-{crowd[0].id} .score")
    await page.clock.run_for(22_000)  # it does not come alive, and asks
    await expect(row).to_have_text(f"{result['newScore']:,}", timeout=SOON)
    await expect(badge(page, "polling")).to_be_visible()
    await page.evaluate("window.same = true")
    await page.clock.fast_forward("00:10:00")
    await expect(page.locator("#board-overall")).to_be_visible(timeout=SOON)
    await expect(page).to_have_url(re.compile("/kiosk/overall"))
    await expect(page.locator("h1")).to_have_text("All apps together")
    assert await page.evaluate("window.same")


def test_the_script_of_a_wall_is_such_as_old_televisions_parse() -> None:
    script = re.sub(r"//[^\n]*", "", wall_script().decode())
    newer_words = r"=>|\b(?:let|const|class|async|await|of)\b|`|\.\.\.|\?\.|\?\?|\*\*"
    assert not re.findall(newer_words, re.sub(r'"[^"\n]*"|/\(\?.*?/g', '""', script))


async def test_a_framed_board_is_live_see_through_and_coloured_and_the_login_cannot_be_framed(
    chromium: Browser, site: WebServer, crowd: list[Player]
) -> None:
    context = await chromium.new_context(reduced_motion="reduce", color_scheme="dark")
    visit = Visit(await context.new_page(), provoked=(REFUSED, "favicon", "404"))
    listen(visit)
    async with framing(board=site.url + EMBED, login=f"{site.url}/login") as elsewhere:
        await visit.page.goto(elsewhere)
        frame = visit.page.frame_locator("#board")
        await expect(frame.locator('#connection[data-state="live"]')).to_be_attached(timeout=SOON)
        await expect(frame.locator("#connection")).to_be_hidden()
        await expect(frame.locator("tbody tr:visible")).to_have_count(2)
        await expect(frame.locator("tbody tr:nth-child(2) bdi")).to_have_css("color", INK)
        await expect(frame.locator('tr[data-rank="1"]')).to_have_css("background-color", ACCENT)
        assert await colour_at_left_of(visit.page, frame.locator("tbody tr:nth-child(2) .score")) == AROUND
        leader = crowd[3]
        score = (await leader.score(JUMP, 50_000))["newScore"]
        await expect(frame.locator(f"#entry-{BOARD}-{leader.id} .score")).to_have_text(f"{score:,}", timeout=SOON)
        assert any(REFUSED in error for error in visit.errors), "the login was framed"
    visit.check()
    await context.close()


async def test_its_screen_stays_on_and_nothing_burns_into_it(visit: Visitor, crowd: list[Player]) -> None:
    one = await visit("/login")
    await one.page.clock.install()
    await one.page.add_init_script(LOCKS)
    await one.page.goto(f"/kiosk/{BOARD}")
    assert await one.page.evaluate("locks.map(({ kind }) => kind)") == ["screen"]
    await one.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert await one.page.evaluate("locks.length") == 1, "it has one"
    await one.page.evaluate("locks[0].dispatchEvent(new Event('release'))")
    await one.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert await one.page.evaluate("locks.length") == 2, "the browser took it while nobody looked"
    places = []
    for _ in range(16):  # twice around: a minute of a busy machine may be left out
        await one.page.clock.fast_forward("00:01:00")
        places.append(await one.page.evaluate("document.body.style.transform"))
    assert len(set(places)) == 8
    assert {int(pixels) for place in places for pixels in re.findall(r"-?\d+", place)} == {-2, 0, 2}


async def test_a_wall_outlives_its_server_for_hours_and_takes_the_next_version_by_itself(
    chromium: Browser,
    site: WebServer,
    stores: Stores,
    crowd: list[Player],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The last test of this module: it ends the server that the others use."""
    context = await chromium.new_context(base_url=site.url)
    one = Visit(await context.new_page(), provoked=NO_NETWORK)
    listen(one)
    await one.page.clock.install()
    await one.page.goto(WALL)
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    site.stop()
    await expect(badge(one.page, "offline")).to_be_visible(timeout=SOON)
    await one.page.clock.fast_forward("03:00:00")
    await expect(one.page.locator("#connection")).to_contain_text("3 h ago", timeout=SOON)
    for slug in ("overall", BOARD):  # it goes on turning what it has
        await one.page.clock.fast_forward("00:00:03")
        await expect(one.page.locator(f"#board-{slug}")).to_be_visible(timeout=SOON)
    await expect(badge(one.page, "offline")).to_be_visible()
    runner = Runner(tmp_path_factory.mktemp("newer"), newer.PROGRAM)
    try:
        runner.serve(stores, port=site.port)
        await eventually(lambda: is_newer(one.page), 60, every=1)
        await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
        one.check()
    finally:
        await context.close()
        runner.close()


async def is_newer(page: Page) -> bool:
    """Whether a page that has waited some seconds more is that of the next version."""
    await page.clock.fast_forward("00:00:05")
    return await page.get_attribute("html", "data-build") == newer.BUILD
