"""The accounts on real stores, behind a small application of only their routes."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.accounts.site import Site
from tests.support.servers import Stores


@pytest_asyncio.fixture(scope="module")
async def site(stores: Stores) -> AsyncIterator[Site]:
    """One process's accounts; the clock is moved by hand."""
    site = Site(stores)
    await site.open()
    yield site
    await site.close()


@pytest_asyncio.fixture
async def other_site(stores: Stores) -> AsyncIterator[Site]:
    """A second process on the same stores."""
    site = Site(stores)
    await site.open()
    yield site
    await site.close()
