"""All that one load of a page in a browser shows of how it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page, Response

from sse_board import ROOT
from tests.looks.catalogue import Shown
from tests.looks.onlooker import Onlooker
from tests.looks.weighing import Scales

TOOLS = ROOT / "tests" / "looks" / "tools" / "node_modules"
#: What somebody with a small phone, or who reads at four times the size, has: CSS pixels (WCAG 1.4.10).
NARROW = {"width": 320, "height": 640}
#: Until a page has its first word from the stream or gave up, on a busy machine: milliseconds.
SETTLED = 10_000

#: Rules that say how a page must be; those that only depend on its colours are asked again by night.
_ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}

#: Of long tables the first rows are asked: the others are made in the same way, and axe takes its time.
_AXE = """async only => {
  const what = { include: document, exclude: ["tbody tr:nth-child(n+5)"] };
  const { violations } = await axe.run(what, { runOnly: only, resultTypes: ["violations"] });
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.impact} ${rule.id}: ${node.target} ${
    node.any.concat(node.all, node.none).map((check) => check.message).join(" ")}`));
}"""
_SHIFT = """() => new Promise((done) => {
  const seen = new PerformanceObserver(() => {});
  seen.observe({ type: "layout-shift", buffered: true });
  const sum = () => seen.takeRecords().reduce((all, one) => all + one.value, 0);
  requestAnimationFrame(() => setTimeout(() => done(sum()), 50));
})"""
#: What is cut off by something around it does not count.
_WIDER = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const cuts = (one) => getComputedStyle(one).overflowX !== "visible";
  const cut = (one) => one !== document.body && (cuts(one) || cut(one.parentElement));
  const out = (one) => one.getBoundingClientRect().right > innerWidth + 0.5 && !cut(one.parentElement);
  const named = [...document.querySelectorAll("body > *, body > * *")].filter(out).slice(0, 5)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className} ${one.innerText}`.slice(0, 80));
  return [`${document.documentElement.scrollWidth} px`, ...named];
}"""


@dataclass(frozen=True, slots=True)
class Look:
    """`bytes`: what came over the wire, by address, without what the stream says. `shift`: of the layout, in CLS.

    `barriers` are axe's findings by day and night; `wide` names what sticks out of a narrow screen.
    """

    status: int
    policy: str
    complaints: Sequence[str]
    bytes: Mapping[str, int]
    shift: float
    barriers: Sequence[str]
    wide: Sequence[str]


async def look_at(onlooker: Onlooker, shown: Shown) -> Look:
    async with onlooker.arriving(shown) as visit:
        page = visit.page
        scales = Scales(await page.context.new_cdp_session(page))
        await scales.begin()
        response = await page.goto(shown.at(onlooker.showcase))
        assert response is not None
        await settle(page)
        weight, shift = scales.bytes, await page.evaluate(_SHIFT)
        barriers = await barriers_of(page)
        return Look(
            response.status,
            await _policy(response),
            list(visit.complaints),
            weight,
            shift,
            barriers,
            [] if shown.wall else await _wide(page),
        )


async def settle(page: Page) -> None:
    """Until the page knows how it is connected, and so what was painted has been told anew."""
    await page.wait_for_load_state("load")
    if await page.locator("#connection").count():
        badge = page.locator('#connection:not([data-state="connecting"])')
        await badge.wait_for(state="attached", timeout=SETTLED)


async def _policy(response: Response) -> str:
    return await response.header_value("content-security-policy") or ""


async def barriers_of(page: Page) -> list[str]:
    """What axe finds, each with its impact."""
    await page.evaluate((TOOLS / "axe-core" / "axe.min.js").read_text())
    by_day: list[Any] = await page.evaluate(_AXE, _ALL)
    await page.emulate_media(color_scheme="dark")
    by_night: list[Any] = await page.evaluate(_AXE, _COLOURS)
    return [*(f"by day: {one}" for one in by_day), *(f"by night: {one}" for one in by_night)]


async def _wide(page: Page) -> list[str]:
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    wide: list[str] = await page.evaluate(_WIDER)
    return wide
