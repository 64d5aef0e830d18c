"""Live runs and players in a real browser."""

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_pages import log_in
from tests.support.clients import Api, Player, data_of

#: Milliseconds for what comes by the stream, and for what is polled, on a busy machine.
SOON, POLLED = 5_000, 15_000


async def start(player: Player, app: str = "typing") -> str:
    run: str = data_of(await player.request("POST", "/api/v1/sessions", {"app": app}), 201)["sessionId"]
    return run


async def tell(player: Player, run: str, **values: float) -> None:
    data_of(await player.request("POST", f"/api/v1/sessions/{run}/progress", values), 202)


def lane(page: Page, run: str) -> Locator:
    return page.locator(f"#run-{run}")


async def test_runs_that_begin_meanwhile_are_shown_and_heard(visit: Visitor, api: Api) -> None:
    """The list is polled, and each run in it is streamed: also one that was not there when the page was."""
    first, second = await api.register("Florence Griffith"), await api.register("Evelyn Ashford")
    run = await start(first)
    one = await visit("/runs?app=typing")
    await expect(lane(one.page, run)).to_contain_text("just begun")
    late = await start(second)
    await expect(lane(one.page, late)).to_be_visible(timeout=POLLED)
    await one.page.route("**/runs/part*", lambda route: route.abort())
    one.provoked = ("net::ERR_FAILED", "Failed to fetch")
    for wpm in (60, 80):
        await tell(second, late, currentWpm=wpm, progress=wpm)
        await tell(first, run, currentWpm=wpm + 1, progress=wpm)
        await expect(lane(one.page, late).locator(".lane-metric")).to_contain_text(f"{wpm} wpm", timeout=SOON)
        await expect(lane(one.page, run).locator(".lane-metric")).to_contain_text(f"{wpm + 1} wpm", timeout=SOON)
    await expect(lane(one.page, late).locator(".trend")).to_contain_text("rising")
    assert one.loads == 1


async def test_a_run_is_played_in_the_browser_and_watched_in_another(visit: Visitor, api: Api) -> None:
    me, rival = await api.register("Wilma Rudolph"), await api.register("Ethel Smith")
    beside = await start(rival, "piano")
    await tell(rival, beside, currentScore=900, progress=30)
    one = await visit("/login")
    await log_in(one.page, me.username)
    await one.page.goto("/runs")
    await one.page.locator("main form").get_by_role("button", name="Piano").click()
    await expect(one.page.locator("h1")).to_have_text(f"Piano by {me.username}")
    other = await visit(one.page.url.removeprefix(api.url))
    await one.page.get_by_label("Points").fill("1200")
    await one.page.get_by_label("Done, in %").fill("45")
    await one.page.get_by_role("button", name="Tell").click()
    for page in (one.page, other.page):
        await expect(page.locator(".alone .lane-metric")).to_contain_text("1,200 points", timeout=POLLED)
        await expect(page.locator(".beside")).to_contain_text(rival.username, timeout=POLLED)
    await expect(other.page.locator('#connection[data-state="live"]')).to_be_visible(timeout=POLLED)
    assert await other.page.get_by_role("button", name="Tell").count() == 0
    await one.page.get_by_role("button", name="End this run").click()
    for page in (one.page, other.page):
        await expect(page.locator(".alone .lane-facts")).to_contain_text("Ended.", timeout=SOON)


async def test_the_page_of_a_player_follows_what_they_do(visit: Visitor, api: Api) -> None:
    player = await api.register("Fanny Blankers-Koen")
    one = await visit(f"/players/{player.id}")
    await expect(one.page.locator(".part", has_text="Boards")).to_contain_text("On no board yet.")
    await player.score("quiz_complete")
    await expect(one.page.locator("#place-scoreboard .worth")).to_have_text("100 points", timeout=POLLED)
    await player.score("task_finish")
    await expect(one.page.locator("#place-scoreboard .worth")).to_have_text("110 points", timeout=POLLED)
    await expect(one.page.locator("#place-scoreboard .spark")).to_have_attribute(
        "aria-label", "Score on Scoreboard: from 0 to 110"
    )
    await expect(one.page.locator(".row-of-days .done")).to_have_count(1)
    assert one.loads == 1
