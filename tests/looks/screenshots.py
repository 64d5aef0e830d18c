"""`make screenshots`: every page by day and by night, on a phone, a desk and a television, on one sheet."""

import asyncio
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from sse_board import ROOT
from tests.looks.catalogue import PAGES, Shown
from tests.looks.look import settle
from tests.looks.onlooker import Onlooker
from tests.looks.stage import stage

FOLDER = ROOT / "screenshots"
#: Pages under way at once: a second one is painted while the first is written.
AT_ONCE = 2
SCHEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Screen:
    """`scale`: pixels of the device for one of CSS. A `whole` page is shown, or what fits the screen."""

    name: str
    width: int
    height: int
    scale: int = 1
    whole: bool = True
    wall: bool = False


SCREENS = (
    Screen("phone", 360, 740, scale=2),
    Screen("desktop", 1440, 900),
    Screen("tv", 1920, 1080, whole=False),
    Screen("tv4k", 3840, 2160, whole=False, wall=True),
)


def screens_for(shown: Shown) -> list[Screen]:
    """The very large ones are for walls, the small ones are for people."""
    return [screen for screen in SCREENS if (screen.name != "phone" if shown.wall else not screen.wall)]


async def shoot(onlooker: Onlooker, shown: Shown, folder: Path) -> None:
    """One load for each density."""
    for scale in sorted({screen.scale for screen in screens_for(shown)}):
        screens = [screen for screen in screens_for(shown) if screen.scale == scale]
        async with onlooker.arriving(shown, device_scale_factor=scale, viewport=_size(screens[0])) as visit:
            await visit.page.goto(shown.at(onlooker.showcase))
            await settle(visit.page)
            for screen, scheme in product(screens, SCHEMES):
                await _shoot(visit.page, screen, scheme, folder / _file(shown, screen, scheme))


async def _shoot(page: Page, screen: Screen, scheme: Any, file: Path) -> None:
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size(_size(screen))
    await page.screenshot(path=file, full_page=screen.whole, animations="disabled")


def _size(screen: Screen) -> Any:
    return {"width": screen.width, "height": screen.height}


def _file(shown: Shown, screen: Screen, scheme: str) -> str:
    return f"{shown.name}-{screen.name}-{scheme}.png"


def sheet(pages: Sequence[Shown]) -> str:
    """All pictures in rows, small; each leads to itself."""
    rows = "\n".join(f"<h2>{escape(page.name)}</h2><p>{' '.join(_thumbnails(page))}</p>" for page in pages)
    look = "body{font:16px sans-serif;background:#777}img{height:260px;vertical-align:top;background:#fff}"
    title = "<title>Every page</title>"
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8>{title}<style>{look}</style><h1>Every page</h1>{rows}"
    )


def _thumbnails(page: Shown) -> Iterator[str]:
    for screen, scheme in product(screens_for(page), SCHEMES):
        file = _file(page, screen, scheme)
        yield f'<a href="{file}"><img src="{file}" alt="{screen.name}, {scheme}" loading=lazy></a>'


async def main(names: Sequence[str]) -> None:
    """`names` of pages; all if there are none."""
    pages = [page for page in PAGES if not names or page.name in names]
    if not names:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(exist_ok=True)
    room = asyncio.Semaphore(AT_ONCE)
    async with stage() as onlooker:

        async def one(shown: Shown) -> None:
            async with room:
                await shoot(onlooker, shown, FOLDER)

        await asyncio.gather(*map(one, pages))
    (FOLDER / "index.html").write_text(sheet(PAGES), encoding="utf-8")
    print(f"{len(pages)} pages are in {FOLDER}/index.html")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
