"""Everybody is dropped at once and comes back with a cursor: ten seconds later nobody has missed anything."""

import time
from collections.abc import Callable

import pytest

from tests.soak.crowd import Crowd, crowd_of
from tests.soak.scale import PLENTY, scaled
from tests.soak.site import Site, site
from tests.support.processes import kill_below
from tests.support.servers import Runner, Stores, WebServer

STREAMS = scaled(300, 5_000)
BACK_SECONDS = 10.0
#: What happens while nobody listens.
MISSED = 5

Drop = Callable[[WebServer, Crowd], None]


def kill(server: WebServer, _: Crowd) -> None:
    """The process dies, and its supervisor starts it again; readers wait as long as `retry:` said."""
    kill_below(server.process.pid, "processes.web")


def reset(_: WebServer, crowd: Crowd) -> None:
    """The network drops all of them, who wait for nothing."""
    for reader in crowd.readers:
        reader.cut(0)


async def happen(place: Site) -> None:
    for _ in range(MISSED):
        await place.log.announce()
        await place.move()


@pytest.mark.parametrize("drop", [kill, reset])
async def test_a_crowd_that_is_dropped_at_once_is_back_and_level_within_ten_seconds(
    drop: Drop, runner: Runner, own_stores: Stores
) -> None:
    """What happens meanwhile comes from another process."""
    server, other = runner.serve_two(own_stores, **PLENTY)
    async with site(other, own_stores) as place, crowd_of(STREAMS, place.heard(server)) as crowd:
        await happen(place)
        await crowd.until_level(place.api)
        began = time.monotonic()
        drop(server, crowd)
        await happen(place)
        await crowd.until_level(place.api, began + BACK_SECONDS - time.monotonic())
        print(f"{drop.__name__}: {STREAMS} streams level after {time.monotonic() - began:.1f} s")
    assert crowd.heard.losses == (STREAMS if drop is kill else 0)
