"""What holds for every page: no barriers, no weight, no complaints, valid HTML, and all of it without script."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.looks.catalogue import PAGES, Shown, opened
from tests.looks.look import TOOLS, Look, barriers_of, look_at
from tests.looks.onlooker import Onlooker
from tests.looks.reading import NU, as_text, html_of_all, nu_errors
from tests.looks.showcase import furnish, serve_showcase
from tests.pages.markup import Markup
from tests.support.browsers import chromium
from tests.support.clients import Api, eventually
from tests.support.servers import Runner, Stores

#: A first visit, with everything that a page needs: bytes over the wire.
WEIGHT_LIMIT = 60 * 1024
#: axe's impacts that no page may have.
GRAVE = ("serious", "critical")

WRONG = '<!doctype html><html lang="en"><title>Wrong</title><h1>Wrong</h1><img src="/mark.svg" hx-get="/">'
#: What a page that waits for its script would say, or one that lacks something; some words are meant.
UNFINISHED = re.compile(r"\b(loading|connecting|javascript|undefined|None(?! is| yet)|NaN)\b")
#: A result and what stands before or behind it; a word or number and the next.
RUN_TOGETHER = re.compile(r"[^\s(\[][½01]–[½01]|[½01]–[½01](?![\s,.)\]–])|[a-z][.:]?\d\d? of \d")

#: `make audit` asks for all pages; the suite opens one of each kind, and reads the markup of all.
EVERYTHING = "AUDIT" in os.environ
every_kind = pytest.mark.parametrize("shown", opened(EVERYTHING), ids=lambda shown: shown.name)
every_page = pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)


@pytest_asyncio.fixture(scope="module")
async def onlooker(stores: Stores, runner: Runner) -> AsyncIterator[Onlooker]:
    missing = [str(tool) for tool in (TOOLS / "axe-core" / "axe.min.js", NU) if not tool.exists()]
    assert not missing, f"`make test` installs them with npm: {missing}"
    server = serve_showcase(stores, runner)
    async with Api(server.url) as api, chromium() as browser:
        yield Onlooker(browser, await furnish(api, stores))


LookAt = Callable[[Shown], Awaitable[Look]]


@pytest.fixture(scope="module")
def look(onlooker: Onlooker) -> LookAt:
    """A page is opened once for all that is to be said of it."""
    seen: dict[str, Look] = {}

    async def look(shown: Shown) -> Look:
        if shown.name not in seen:
            seen[shown.name] = await look_at(onlooker, shown)
        return seen[shown.name]

    return look


@pytest_asyncio.fixture(scope="module")
async def sources(onlooker: Onlooker) -> Mapping[str, str]:
    return await html_of_all(onlooker)


@every_kind
async def test_it_has_no_barriers_by_day_and_by_night(look: LookAt, shown: Shown) -> None:
    found = await look(shown)
    assert found.status == shown.status
    assert not [one for one in found.barriers if any(f": {impact} " in one for impact in GRAVE)]


@every_kind
async def test_it_complains_of_nothing_and_runs_nothing_that_came_with_the_text(
    look: LookAt, shown: Shown
) -> None:
    found = await look(shown)
    assert not found.complaints
    assert "default-src 'self'" in found.policy
    assert "unsafe" not in found.policy


@every_kind
async def test_it_weighs_little_at_a_first_visit(look: LookAt, shown: Shown) -> None:
    weights = (await look(shown)).bytes
    assert 2_000 < sum(weights.values()) <= WEIGHT_LIMIT, weights


@every_kind
async def test_nothing_jumps_when_it_comes_alive(look: LookAt, shown: Shown) -> None:
    assert (await look(shown)).shift == 0


@every_kind
async def test_nothing_sticks_out_of_a_narrow_screen(look: LookAt, shown: Shown) -> None:
    assert not (await look(shown)).wide


@every_kind
async def test_it_is_painted_and_whole_without_script_and_stream(onlooker: Onlooker, shown: Shown) -> None:
    async with onlooker.arriving(shown, java_script_enabled=False) as visit:
        await visit.page.goto(shown.at(onlooker.showcase))
        await eventually(lambda: _is_painted(visit.page))
        assert await visit.page.locator("h1").count() == 1
        text = await visit.page.locator("main").inner_text()
        assert len(text) > 20
        assert not UNFINISHED.search(text)
        visit.check()


async def _is_painted(page: Page) -> bool:
    entries = "performance.getEntriesByName('first-contentful-paint').length"
    return bool(await page.evaluate(entries))


@every_page
async def test_it_reads_well_as_text(sources: Mapping[str, str], shown: Shown) -> None:
    """Headings are there, what stands side by side is kept apart, and arrows are words."""
    text = as_text(sources[shown.name])
    (heading,) = Markup(sources[shown.name]).named("h1")
    assert " ".join(heading.text.split()) in " ".join(text.split())
    assert not RUN_TOGETHER.findall(text)
    assert not re.search("[▲▼△▽↑↓⬆⬇]", text)


def test_the_nu_checker_finds_no_error(sources: Mapping[str, str], tmp_path: Path) -> None:
    """But in the one that is wrong, which shows that it looks."""
    errors = nu_errors(tmp_path, {**sources, "wrong": WRONG})
    assert [error for error in errors if error.startswith("wrong.html")]
    assert not [error for error in errors if not error.startswith("wrong.html")]


async def test_axe_sees_barriers_where_there_are_some(onlooker: Onlooker) -> None:
    async with onlooker.arriving(PAGES[0]) as visit:
        await visit.page.goto("/livez")
        await visit.page.set_content(WRONG)
        assert [one for one in await barriers_of(visit.page) if one.startswith("by day: critical image-alt")]
