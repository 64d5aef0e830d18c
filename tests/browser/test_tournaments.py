"""A tournament in a real browser: results of two taps, seen by everybody at once, and by walls."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Visit, Visitor, listen
from tests.browser.test_pages import SOON, badge
from tests.support.clients import PASSWORD, Api, Player
from tests.support.organiser import Event, Organiser
from tests.support.servers import Stores, WebServer

PHONE = {"width": 360, "height": 740}
#: What a wall turns to, and how long that may take when it was refused before: milliseconds.
SECOND_SCREEN, TURNED_WITHIN = "**/kiosk/**page=2*", 30_000
TELEVISION = {"width": 1920, "height": 1080}
#: A finger needs so much: CSS pixels (WCAG 2.5.5).
FINGER = 44
#: Whether nothing has to be scrolled, and whether anything is wider than the screen.
FITS = "document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight"
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


@dataclass(frozen=True, slots=True)
class Hall:
    """A tournament whose first round is under way."""

    event: Event
    organiser: Player
    games: list[dict[str, Any]]

    @property
    def path(self) -> str:
        return f"/tournaments/{self.event.id}"


@pytest_asyncio.fixture(scope="module")
async def organiser(api: Api, stores: Stores) -> Organiser:
    user = await api.register("Arbiter Ann")
    with psycopg.connect(stores.database_url, autocommit=True) as database:
        database.execute("update users set role = 'ORGANIZER' where id = %s", [user.id])
    return Organiser(await api.log_in(user.username))


async def begun(organiser: Organiser, players: int) -> Hall:
    event = await organiser.create("Big Hall Open", rounds=3)
    ids = await event.add(*(f"Player Number {number}" for number in range(1, players + 1)))
    await event.do("POST", "/start")
    round = await event.pair(*zip(ids[::2], ids[1::2], strict=True))
    return Hall(event, organiser.user, (await event.begin(round["number"]))["games"])


@pytest_asyncio.fixture(scope="module")
async def hall(organiser: Organiser) -> Hall:
    return await begun(organiser, 6)


Phone = Callable[[str, Player], Awaitable[Visit]]


@pytest_asyncio.fixture
async def phone(chromium: Browser, site: WebServer) -> AsyncIterator[Phone]:
    """Opens a page in the hand of somebody who is logged in; in the end none may have complained."""
    visits: list[Visit] = []

    async def phone(path: str, user: Player) -> Visit:
        context = await chromium.new_context(base_url=site.url, viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
        answer = await context.request.post("/login", form={"username": user.username, "password": PASSWORD})
        assert answer.ok
        made = Visit(await context.new_page(), provoked=("409",))
        visits.append(made)
        listen(made)
        await made.page.goto(path)
        return made

    yield phone
    for made in visits:
        made.check()
        await made.page.context.close()


async def tap(page: Page, game: dict[str, Any], result: str) -> None:
    """The game, then its result."""
    row = page.locator(f"#game-{game['id']}")
    await row.locator("summary").first.tap()
    button = row.get_by_role("button", name=result)
    box = await button.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= FINGER
    assert not await page.evaluate(TOO_WIDE)
    await button.tap()


async def test_a_result_of_two_taps_is_seen_at_once_by_who_watches_and_after_a_refresh_without_script(
    visit: Visitor, phone: Phone, hall: Hall
) -> None:
    game = hall.games[0]
    watcher, plain, desk = await asyncio.gather(
        visit(hall.path), visit(hall.path, script=False), phone(f"{hall.path}/desk", hall.organiser)
    )
    await expect(badge(watcher.page, "live")).to_be_visible(timeout=SOON)
    await tap(desk.page, game, "0–1")
    await expect(desk.page.get_by_text("Board 1: 0–1 is entered.")).to_be_visible(timeout=SOON)
    shown = f"#game-{game['id']} .result"
    await expect(watcher.page.locator(shown)).to_have_text("0–1", timeout=SOON)
    winner = watcher.page.locator(f"#place-{game['black']['id']}")
    await expect(winner).to_have_attribute("data-rank", "1", timeout=SOON)
    await expect(winner.locator(".score")).to_have_text("1")
    assert watcher.loads == 1
    await plain.page.reload()
    await expect(plain.page.locator(shown)).to_have_text("0–1")


async def test_a_page_that_shows_another_version_than_a_frame_builds_on_asks_for_all(
    visit: Visitor, organiser: Organiser
) -> None:
    hall = await begun(organiser, 8)
    page = (await visit(hall.path)).page
    await expect(badge(page, "live")).to_be_visible(timeout=SOON)
    first, second, third, _ = hall.games
    result = page.locator(".game .result")
    await hall.event.enter(first["id"], "1-0")
    await expect(result.first).to_have_text("1–0", timeout=SOON)
    await page.evaluate(
        "document.querySelectorAll('section[data-version]').forEach((one) => {"
        " one.dataset.version = one.dataset.version.replace(/[0-9]+$/, '1'); })"
    )
    await page.evaluate("document.querySelector('.game .result').textContent = 'lost'")
    await hall.event.enter(second["id"], "0-1")
    await expect(result).to_have_text(["1–0", "0–1", "in progress", "in progress"], timeout=SOON)
    await hall.event.enter(third["id"], "1/2-1/2")
    await expect(result).to_have_text(["1–0", "0–1", "½–½", "in progress"], timeout=SOON)
    await expect(badge(page, "live")).to_be_visible(timeout=SOON)
    assert await page.locator("tr[data-user]").count() == 8


async def test_an_open_game_stays_open_and_who_is_too_late_with_it_is_asked_whether_to_replace_the_result(
    phone: Phone, api: Api, stores: Stores, hall: Hall
) -> None:
    boss, (first, game, _) = await api.admin(stores), hall.games
    desk = (await phone(f"{hall.path}/desk", hall.organiser)).page
    row = desk.locator(f"#game-{game['id']}")
    await row.locator("summary").first.tap()
    await hall.event.enter(first["id"], "1-0")
    await expect(desk.locator(f"#game-{first['id']} .result")).to_have_text("1–0", timeout=SOON)
    assert await row.get_attribute("open") is not None
    await desk.route("**/desk/part*", lambda route: route.fulfill(status=304))
    path = f"/api/v1/tournaments/{hall.event.id}/games/{game['id']}/result"
    await boss.request("PUT", path, {"result": "0-1"})
    await row.get_by_role("button", name="½").tap()
    question = desk.get_by_role("alert")
    await expect(question).to_contain_text(f"{boss.username} entered 0–1", timeout=SOON)
    assert not await desk.evaluate(TOO_WIDE)
    await question.get_by_role("button", name="Replace it by ½–½").tap()
    await expect(row.locator(".result")).to_have_text("½–½", timeout=SOON)


async def test_a_player_sees_the_own_game_first_and_a_new_round_without_a_reload(
    phone: Phone, api: Api, organiser: Organiser
) -> None:
    event, me = await organiser.create("Own Game", rounds=2), await api.register("Own Player")
    others = await event.add("Ada", "Bob", "Cid")
    mine = await _add_user(event, me)
    await event.do("POST", "/start")
    page = (await phone(f"/tournaments/{event.id}", me)).page
    await expect(badge(page, "live")).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("The first round is to be paired")).to_be_visible()
    await event.pair((others[0], others[1]), (others[2], mine))
    own = page.locator(".game[data-own]")
    await expect(own).to_contain_text(me.username, timeout=SOON)
    top = await own.bounding_box()
    first = await page.locator(".game:not([data-own])").bounding_box()
    assert top
    assert first
    assert top["y"] < first["y"]
    await expect(own.locator(".result")).to_have_text("to come")
    await event.begin(1)
    await expect(own.locator(".result")).to_have_text("in progress", timeout=SOON)
    await expect(page.locator("tr[data-own]")).to_contain_text(me.username)
    assert not await page.evaluate(TOO_WIDE)


async def _add_user(event: Event, user: Player) -> str:
    added: dict[str, str] = await event.do("POST", "/participants", {"userId": user.id}, 201)
    return added["id"]


async def test_walls_fill_a_television_and_move(visit: Visitor, organiser: Organiser) -> None:
    hall = await begun(organiser, 24)
    wall = f"/kiosk{hall.path}"
    pairings, standings, turning = await asyncio.gather(
        visit(f"{wall}?show=pairings"),
        visit(f"{wall}?theme=dark&seconds=60"),
        visit(f"{wall}?seconds=5", provoked=("net::ERR_",), aborted=SECOND_SCREEN),
    )
    for one in (pairings, standings):
        await one.page.set_viewport_size(TELEVISION)  # type: ignore[arg-type]
    await expect(badge(pairings.page, "live")).to_be_visible(timeout=SOON)
    game = hall.games[-1]
    await hall.event.enter(game["id"], "0-1")
    await expect(pairings.page.locator(f"#game-{game['id']} .result")).to_have_text("0–1", timeout=SOON)
    await expect(standings.page.locator(f"#place-{game['black']['id']} .score")).to_have_text("1", timeout=SOON)
    assert await pairings.page.locator(".game").count() == 12
    assert await standings.page.locator("tbody tr").count() == 12
    for one in (pairings, standings):
        assert await one.page.evaluate(FITS)
    assert pairings.loads == 1
    await turning.page.wait_for_event("requestfailed", timeout=TURNED_WITHIN)
    assert turning.loads == 1, "it left a screen for one that does not come"
    await turning.page.unroute(SECOND_SCREEN)
    await expect(turning.page).to_have_url(re.compile("page=2"), timeout=TURNED_WITHIN)
    assert await turning.page.locator("tbody tr").count() == 12


async def test_the_overview_shows_a_new_tournament_without_a_reload(visit: Visitor, organiser: Organiser) -> None:
    one = await visit("/tournaments")
    event = await organiser.create("Just Announced")
    await expect(one.page.locator(f"#tournament-{event.id}")).to_contain_text("Just Announced", timeout=SOON)
    assert one.loads == 1
