"""A real Chromium, and pages that remember what they complained about."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page, Playwright, async_playwright

#: A browser without windows: the same engine, for a quarter of the processor time.
CHROMIUM = "/usr/bin/chromium-headless-shell"


@dataclass
class Visit:
    """A page in a browser of its own, with what it complained about and how often it was loaded."""

    page: Page
    errors: list[str] = field(default_factory=list)
    loads: int = 0
    #: Complaints that contain one of these are what the test provokes.
    provoked: tuple[str, ...] = ()

    @property
    def complaints(self) -> list[str]:
        return [error for error in self.errors if not any(part in error for part in self.provoked)]

    def check(self) -> None:
        assert not self.complaints, f"{self.page.url} complained: {self.complaints}"


def listen(visit: Visit) -> None:
    """Errors, warnings of the content security policy among them, and loads of the page itself."""

    def loaded() -> None:
        visit.loads += 1

    page = visit.page
    page.on("console", lambda said: visit.errors.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("framenavigated", lambda frame: loaded() if frame == page.main_frame else None)


async def launch(playwright: Playwright) -> Browser:
    arguments = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        try:
            yield browser
        finally:
            await browser.close()
