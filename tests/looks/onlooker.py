"""A browser in which somebody of each role is logged in, and what is found by opening a page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, StorageState

from tests.looks.catalogue import Shown
from tests.looks.showcase import Showcase, Who
from tests.support.browsers import Visit, listen
from tests.support.clients import PASSWORD

DESKTOP = {"width": 1440, "height": 900}


class Onlooker:
    def __init__(self, browser: Browser, showcase: Showcase) -> None:
        self.showcase = showcase
        self._browser = browser
        self._states: dict[Who, StorageState] = {}

    @asynccontextmanager
    async def arriving(self, shown: Shown, **options: Any) -> AsyncIterator[Visit]:
        """A new browser, as empty as at a first visit, before it goes to the page. `options`: of the context."""
        state = await self.state(shown.who)
        wanted = {"viewport": DESKTOP, "reduced_motion": "reduce", "storage_state": state, **options}
        context = await self._browser.new_context(base_url=self.showcase.url, **wanted)
        try:
            visit = Visit(await context.new_page(), provoked=() if shown.status == 200 else (str(shown.status),))
            listen(visit)
            yield visit
        finally:
            await context.close()

    async def state(self, who: Who) -> StorageState:
        """The cookies of somebody of this role."""
        if who not in self._states:
            context = await self._browser.new_context(base_url=self.showcase.url)
            if who in self.showcase.people:
                name: str | float | bool = self.showcase.people[who].username
                form = {"username": name, "password": PASSWORD}
                assert (await context.request.post("/login", form=form)).ok
            self._states[who] = await context.storage_state()
            await context.close()
        return self._states[who]

    async def cookie(self, who: Who) -> str:
        """The same as a header, for who is no browser."""
        cookies = (await self.state(who)).get("cookies", [])
        return "; ".join(f"{one['name']}={one['value']}" for one in cookies)
