"""How rows move and scores count on an open page, and that nothing else of it does."""

from playwright.async_api import expect

from tests.browser.conftest import BOARD, JUMP, Visitor
from tests.browser.test_pages import PAGE, SOON, badge, row, score_of
from tests.support.clients import Api, Player

#: Notes what of a board shifts from now on, and how often a row glides.
SHIFTS = """() => {
  window.shifted = [];
  window.glides = 0;
  const { animate } = Element.prototype;
  Element.prototype.animate = function (...how) {
    glides += this.matches("tr");
    return animate.apply(this, how);
  };
  const inBoard = ({ node }) => (node?.closest ? node : node?.parentElement)?.closest(".board");
  new PerformanceObserver((list) => {
    for (const { sources, value } of list.getEntries()) if (sources.some(inBoard)) shifted.push(value);
  }).observe({ type: "layout-shift" });
}"""


async def test_a_row_is_moved_and_not_made_anew(visit: Visitor, api: Api, jumper: Player) -> None:
    await jumper.score(JUMP, 1)
    one = await visit(PAGE)
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    await row(one.page, jumper).evaluate("row => { row.same = true }")
    winner = await api.register()
    await winner.score(JUMP, 500_000)
    rows = one.page.locator(f"#board-{BOARD} tbody tr")
    await expect(rows.first).to_have_attribute("data-user", winner.id, timeout=SOON)
    assert await row(one.page, jumper).evaluate("row => row.same") is True


async def test_a_gain_is_said_beside_the_score_and_nothing_shifts(
    visit: Visitor, api: Api, jumper: Player
) -> None:
    await jumper.score(JUMP, 700)
    one = await visit(PAGE)
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    await one.page.evaluate(SHIFTS)
    await jumper.score(JUMP, 12)
    figure = row(one.page, jumper).locator(".score span")
    await expect(figure).to_have_attribute("data-gain", "+12", timeout=SOON)
    await expect(figure).to_have_text(await score_of(api, jumper), timeout=SOON)
    await expect(figure).not_to_have_attribute("data-gain", "+12", timeout=SOON)
    assert await one.page.evaluate("shifted") == []


async def test_rows_that_are_moved_again_while_they_glide_shift_nothing(
    visit: Visitor, api: Api, jumper: Player
) -> None:
    """A browser that glides them by itself does not know where they are meanwhile, and counts a jump."""
    rival, points = await api.register(), (await jumper.score(JUMP, 20))["newScore"]
    await rival.score(JUMP, points - 10)
    one = await visit(PAGE)
    await expect(badge(one.page, "live")).to_be_visible(timeout=SOON)
    place = await row(one.page, jumper).get_attribute("data-rank")
    assert place
    await one.page.evaluate(SHIFTS)
    for player in (rival, jumper, rival, jumper):
        await player.score(JUMP, 20)
        await expect(row(one.page, player)).to_have_attribute("data-rank", place, timeout=SOON)
    await one.page.evaluate("Promise.all(document.getAnimations().map(({ finished }) => finished))")
    assert await one.page.evaluate("[shifted, glides]") == [[], 8]
