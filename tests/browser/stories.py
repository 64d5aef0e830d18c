"""What happens to the stream of a page, and what becomes of the page meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page, expect

from tests.browser.honesty import Truth, looks_at, states
from tests.support.clients import eventually
from tests.support.proxies import Proxy, Treatment, Valve, answered, body_withheld, in_blocks, passed_on, withheld

#: Milliseconds until a page without a stream polls, and until it streams once it can, as its attempts may be rare
#: by then: 5 and 20 seconds are promised, the rest is for a busy machine.
POLLING_WITHIN, LIVE_WITHIN = 10_000, 40_000
#: Seconds that a fault goes on after the page has noticed.
A_WHILE = 3.0
NEVER = float("inf")
SIGN_IN = "<!doctype html><title>Sign in</title><h1>Sign in to this network</h1>"
ASIDE = answered("200 OK", SIGN_IN)


@dataclass(frozen=True, slots=True)
class Case:
    """A page whose streams go through a proxy of their own."""

    page: Page
    proxy: Proxy
    truth: Truth

    async def until(self, state: str, milliseconds: float = 0) -> None:
        """The badge says so; unless offline, the page shows soon what was news only after this was asked."""
        known = self.truth.now
        milliseconds = milliseconds or (LIVE_WITHIN if state == "live" else POLLING_WITHIN)
        await expect(self.page.locator(f'#connection[data-state="{state}"]')).to_be_visible(timeout=milliseconds)
        if state != "offline":
            await eventually(lambda: self.shows_more_than(known), POLLING_WITHIN / 1000)

    async def shows_more_than(self, score: int) -> bool:
        return int((await self.page.locator("td.score").first.inner_text()).replace(",", "")) > score


Story = Callable[[Case], Awaitable[None]]


async def never_streamed(case: Case) -> None:
    """From the first moment on, until the proxy is put right and restarted."""
    await case.until("polling")
    if case.proxy.treatment is ASIDE:
        case.proxy.treatment = answered("504 Gateway Timeout", SIGN_IN)
    await asyncio.sleep(A_WHILE)
    assert "live" not in await states(case.page)
    case.proxy.treatment = passed_on
    case.proxy.cut()
    await case.until("live")
    assert "High jump" in await case.page.title(), "the title of a proxy's page"


async def in_batches(case: Case) -> None:
    """Every three seconds: too rarely for heartbeats. The first connection may be believed until that is known."""
    await case.until("polling", 2 * POLLING_WITHIN)
    await asyncio.sleep(2 * A_WHILE)
    await case.until("polling")
    assert (await states(case.page)).count("live") <= 1


async def slowed(case: Case) -> None:
    """Held back for less than a heartbeat: told by the times on what arrives."""
    valve = case.proxy.treatment
    assert isinstance(valve, Valve)
    await case.until("live")
    valve.seconds = 6.0
    await case.until("polling", 2 * POLLING_WITHIN)  # what is late twice tells


async def in_pieces(case: Case) -> None:
    """Through a small buffer: whatever is made of it is right as long as it is honest."""
    await asyncio.sleep(4 * A_WHILE)


async def frozen(case: Case) -> None:
    valve = case.proxy.treatment
    assert isinstance(valve, Valve)
    await case.until("live")
    valve.seconds = NEVER
    await case.until("polling")
    await asyncio.sleep(A_WHILE)
    valve.seconds = 0.0
    await case.until("live")


async def cut_off(case: Case) -> None:
    """In the middle, and then answered by a gateway; later cut again, and served again at once."""
    await case.until("live")
    case.proxy.treatment = answered("502 Bad Gateway", SIGN_IN)
    case.proxy.cut()
    await case.until("polling")
    case.proxy.treatment = passed_on
    await case.until("live")
    case.proxy.cut()
    await asyncio.sleep(A_WHILE)
    await case.until("live")


async def captive(case: Case) -> None:
    """Whatever is asked for, the network answers 200 and its own page, which is no board."""
    await case.until("live")
    case.proxy.spoils, case.proxy.treatment = "/", ASIDE
    case.proxy.cut()
    await case.until("offline")
    await asyncio.sleep(A_WHILE)
    case.proxy.treatment = passed_on
    await case.until("live")
    assert "High jump" in await case.page.title(), "the title of a proxy's page"


async def offline(case: Case) -> None:
    """Neither the stream nor anything else gets through."""
    valve = case.proxy.treatment
    assert isinstance(valve, Valve)
    await case.until("live")
    valve.seconds = NEVER
    await case.page.context.set_offline(True)
    await case.until("offline")
    await asyncio.sleep(A_WHILE)
    valve.seconds = 0.0
    await case.page.context.set_offline(False)
    await case.until("live")


async def hidden(case: Case) -> None:
    """A tab that nobody sees keeps no connection; once seen again it does not pretend that it had."""
    await case.until("live")
    await case.page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { get: () => window.unseen, configurable: true });
          window.unseen = true;
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    await eventually(lambda: case.proxy.streams == 0)
    await asyncio.sleep(2 * A_WHILE)
    assert case.proxy.streams == 0
    seen = await case.page.evaluate(
        """() => {
          window.unseen = false;
          document.dispatchEvent(new Event("visibilitychange"));
          look();
          return looks.at(-1).state;
        }"""
    )
    assert seen == "connecting"
    await case.until("live")


async def asleep(case: Case) -> None:
    """The lid is closed for an hour, in which only the clock on the wall goes on."""
    valve = case.proxy.treatment
    assert isinstance(valve, Valve)
    await case.until("live")
    valve.seconds = NEVER
    await asyncio.sleep(1)
    await case.page.evaluate("{ const now = Date.now; Date.now = () => now() + 3_600_000; }")
    await case.until("polling")
    assert ("connecting", "updated 1 h ago") in {
        (look["state"], look["age"]) for look in await looks_at(case.page)
    }
    valve.seconds = 0.0
    await case.until("live")


def gone_and_back(kill: Callable[[], None], start_again: Callable[[], Awaitable[None]]) -> Story:
    async def story(case: Case) -> None:
        await case.until("live")
        kill()
        await case.until("offline")
        await start_again()
        await case.until("live")

    return story


#: What the proxy does to streams, and what becomes of the page; on a server whose heart beats every second: a page
#: knows after 2.2 seconds without a word that its stream is frozen.
QUICK_CASES: dict[str, tuple[Treatment, Story]] = {
    "frozen": (Valve(), frozen),
    "cut off": (passed_on, cut_off),
    "headers withheld": (withheld, never_streamed),
    "body withheld": (body_withheld, never_streamed),
    "a page of the proxy": (ASIDE, never_streamed),
    "captive": (passed_on, captive),
    "in batches": (Valve(3.0), in_batches),
    "in pieces": (in_blocks(8_192), in_pieces),
    "offline": (Valve(), offline),
    "hidden": (passed_on, hidden),
}
#: The same, on a server with the usual heartbeat.
USUAL_CASES: dict[str, tuple[Treatment, Story]] = {"slowed": (Valve(), slowed), "asleep": (Valve(), asleep)}
