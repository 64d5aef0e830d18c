"""One page in Chromium: what its main thread was busy with, which versions it showed, and what moved unasked."""

import math
import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sse_board.bench.load import WrongAnswer

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

#: By what name systems know it.
NAMES = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
#: A window as laptops have it: pixels.
SIZE = {"width": 1440, "height": 900}
#: Milliseconds until the stream must have begun, and until the last change must be on the page.
LIVE_WITHIN, SHOWN_WITHIN = 15_000, 10_000

#: Notes the versions that the stream brings, those that the board is painted with, and how much shifted.
WATCH = """() => {
  const board = document.querySelector("section[data-version]");
  window.bench = { told: [], painted: [board.dataset.version], shifts: [] };
  document.getElementById("stream").addEventListener("htmx:sse:before:message", ({ detail: { message } }) => {
    if (!message.event) bench.told.push(/data-version="([^"]*)"/.exec(message.data)?.[1]);
  });
  new MutationObserver(() => bench.painted.push(board.dataset.version))
    .observe(board, { attributeFilter: ["data-version"] });
  const shift = ({ startTime, value }) => [startTime / 1000, value];
  new PerformanceObserver((list) => bench.shifts.push(...list.getEntries().map(shift)))
    .observe({ type: "layout-shift", buffered: true });
}"""
#: Rank, player and score of each row, as they are read.
ROWS = """() => [...document.querySelectorAll("section[data-version] tr[data-user]")]
  .map((row) => [row.dataset.rank, row.dataset.user, row.querySelector(".score").textContent.trim()])"""
SHOWN = f"(wanted) => JSON.stringify(({ROWS})()) === wanted"


@dataclass(frozen=True, slots=True)
class Busy:
    """Seconds of the main thread: all its tasks, and those parts of them that have a name."""

    all: float
    script: float
    style: float
    layout: float

    def since(self, before: "Busy") -> "Busy":
        return Busy(
            self.all - before.all,
            self.script - before.script,
            self.style - before.style,
            self.layout - before.layout,
        )


class Shift(NamedTuple):
    """Content that moved without being asked to: `at` seconds after the page began."""

    at: float
    score: float


def cumulative_layout_shift(shifts: Iterable[Shift]) -> float:
    """The worst burst: shifts less than a second apart, within five seconds (https://web.dev/articles/cls)."""
    worst = burst = 0.0
    began = last = -math.inf
    for shift in shifts:
        if shift.at - last >= 1 or shift.at - began > 5:
            began, burst = shift.at, 0.0
        last, burst = shift.at, burst + shift.score
        worst = max(worst, burst)
    return worst


class Watched:
    """A board's page that follows its stream."""

    def __init__(self, page: "Page", devtools: "CDPSession") -> None:
        self._page = page
        self._devtools = devtools

    async def busy(self) -> Busy:
        answer: Mapping[str, Any] = await self._devtools.send("Performance.getMetrics")
        known = {metric["name"]: metric["value"] for metric in answer["metrics"]}
        names = ("TaskDuration", "ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
        return Busy(*(known[name] for name in names))

    async def told(self) -> list[str]:
        """The versions that the stream has brought since it was opened, in order."""
        return list(await self._page.evaluate("bench.told"))

    async def painted(self) -> list[str]:
        """Those that the board was painted with."""
        return list(await self._page.evaluate("bench.painted"))

    async def shifts(self) -> list[Shift]:
        """In order."""
        return [Shift(*one) for one in await self._page.evaluate("bench.shifts")]

    async def shows(self, rows: str) -> bool:
        """Whether the table says this, a JSON of `[rank, player, score]`, at last."""
        from playwright.async_api import TimeoutError as Late  # noqa: PLC0415 - no page without it

        try:
            await self._page.wait_for_function(SHOWN, arg=rows, timeout=SHOWN_WITHIN)
        except Late:
            return False
        return True


@asynccontextmanager
async def watched(url: str) -> AsyncIterator[Watched]:
    """Raises WrongAnswer where there is no browser, or the page does not come to life."""
    try:
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415 - only developers have it
    except ImportError:
        raise WrongAnswer("this needs Playwright, which `make setup` installs") from None
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        try:
            browser = await playwright.chromium.launch(executable_path=_chromium(), args=arguments)
            page = await browser.new_page(viewport={"width": SIZE["width"], "height": SIZE["height"]})
            devtools = await page.context.new_cdp_session(page)
            await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
            await page.goto(url)
            await page.wait_for_selector('#connection[data-state="live"]', timeout=LIVE_WITHIN)
            await page.evaluate(WATCH)
        except Error as error:
            raise WrongAnswer(f"the page did not come to life: {error.message}") from None
        yield Watched(page, devtools)
        await browser.close()


def _chromium() -> str | None:
    """The system's, else the one that Playwright brought along, if it did."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
