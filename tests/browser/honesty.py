"""Whether a page ever showed a board that was not true any more without saying how old it is."""

import asyncio
import contextlib
import re
import time
from bisect import bisect_right
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from playwright.async_api import Page

from tests.support.clients import Player, eventually, parse

#: Seconds between two scores, and between two looks at each page.
SCORING, LOOKING = 0.25, 0.1
#: What a page remembers of itself: when, what its badge says, and the score of the first row. The time is not
#: `Date`'s, which a test changes; what nobody sees is not remembered, nor what was there before the script ran.
#: `turns`: whenever it could look.
WATCH = """
window.looks = [];
window.turns = [performance.now()];
window.look = () => {
  turns.push(performance.now());
  const badge = document.getElementById("connection");
  const score = document.querySelector("section[data-version] td.score");
  if (!badge || !score || document.hidden || !document.documentElement.hasAttribute("data-alive")) return;
  looks.push({
    at: (performance.timeOrigin + turns.at(-1)) / 1000, state: badge.dataset.state,
    age: badge.querySelector("span").textContent, score: Number(score.textContent.replaceAll(",", "")),
  });
};
setInterval(look, %d);
"""
#: Seconds from a heartbeat that does not come until the page knows: it waits for 1.2 of them and one second, by a
#: timer that ticks twice a second; the last is for the way.
PATIENCE_BEATS, PATIENCE_SECONDS = 1.2, 1 + 0.5 + 1.0
#: Seconds by which an age may be too small: it is rounded and shown by that timer; the last is for the way.
AGE_LAG = 0.5 + 0.5 + 1.0
#: Seconds for which a busy machine is excused after it was late: what it did not do then is done by and by.
EXCUSED = 10.0
UNITS = {"s": 1, "min": 60, "h": 3600}

Look = dict[str, Any]


@dataclass
class Truth:
    """What the leader's score was when; it only rises. `delays`: how late this process was to go on, and when."""

    times: list[float] = field(default_factory=list)
    scores: list[int] = field(default_factory=list)
    delays: list[tuple[float, float]] = field(default_factory=list)

    @property
    def now(self) -> int:
        return self.scores[-1]

    def at(self, moment: float) -> int:
        """The score that everybody could know at that time."""
        known = bisect_right(self.times, moment)
        return self.scores[known - 1] if known else 0

    async def go_on(self, player: Player, action_type: str) -> None:
        """Score until cancelled."""
        while True:
            answer = await player.act(action_type, {"points": 1})
            if answer.status_code == 200:  # a busy machine may refuse
                self.scores.append(parse(answer.content)["data"]["newScore"])
                self.times.append(time.time())
            rested = time.time()
            await asyncio.sleep(SCORING)
            self.delays.append((time.time(), time.time() - rested - SCORING))

    def excuse(self, moment: float) -> float:
        """Seconds that the machine was too busy for, by what this process saw of it."""
        return max((delay for at, delay in self.delays if moment - EXCUSED < at <= moment), default=0.0)


@contextlib.asynccontextmanager
async def scoring(player: Player, action_type: str) -> AsyncIterator[Truth]:
    """Somebody scores all the time."""
    truth = Truth()
    task = asyncio.create_task(truth.go_on(player, action_type))
    await eventually(lambda: truth.times)
    yield truth
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task  # or what it failed with


async def watch(page: Page) -> None:
    """To be called before the page is loaded."""
    await page.add_init_script(WATCH % (LOOKING * 1000))


async def looks_at(page: Page) -> list[Look]:
    looks: list[Look] = await page.evaluate("looks")
    assert looks, "nobody saw the page"
    return looks


async def lies(page: Page, truth: Truth, heartbeat: int) -> list[Look]:
    """The looks at the page at which it showed too old a board for what its badge said."""
    found = []
    looks = await looks_at(page)
    turns: list[float] = await page.evaluate("turns.map((turn) => (performance.timeOrigin + turn) / 1000)")
    pauses = [(turn, turn - before - LOOKING) for before, turn in pairwise(turns)]
    for look in looks:
        moment = look["at"]
        paused = max((pause for at, pause in pauses if moment - EXCUSED < at <= moment), default=0.0)
        excuse = paused + truth.excuse(moment)
        if look["score"] < truth.at(moment - allowed(look, heartbeat) - excuse):
            found.append({**look, "truth": truth.at(moment), "excuse": excuse})
    return found


def allowed(look: Look, heartbeat: int) -> float:
    """Seconds that the board may be old; none when the badge says nothing about it."""
    if look["state"] == "live":
        return PATIENCE_BEATS * heartbeat + PATIENCE_SECONDS
    age = re.fullmatch(r"updated (\d+) (s|min|h) ago", look["age"])
    return int(age[1]) * UNITS[age[2]] + AGE_LAG if age else 0.0


async def states(page: Page) -> list[str]:
    """What the badge said, one after the other."""
    return [state for state, _ in groupby(look["state"] for look in await looks_at(page))]
