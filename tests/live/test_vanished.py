"""A peer that is gone without a word, or takes nothing any more, is found out and its stream closed.

Who finds it: TCP_USER_TIMEOUT, half a minute after something was sent that nobody acknowledged, be it news, a
heartbeat or a probe of TCP_KEEPIDLE.
"""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator, Callable

import pytest

from sse_board.processes.listening import VANISHED, listen
from tests.live.conftest import PLENTY
from tests.support.cables import Cable, missing
from tests.support.clients import Api, Player, eventually
from tests.support.eventlog import write
from tests.support.programs import Followed
from tests.support.scrapes import scrape
from tests.support.servers import Stores, WebServer
from tests.support.sleepers import Sleeper

Serve = Callable[..., WebServer]
Follow = Callable[..., Followed]

needs_time = pytest.mark.skipif("SOAK" not in os.environ, reason="waits for minutes: runs where SOAK is set")
needs_cable = pytest.mark.skipif(bool(missing()), reason=missing())
#: A peer that vanished is found out within this, whatever its stream carries: seconds.
FOUND_SECONDS = 60.0
#: Longer than any test lasts: heartbeats cannot be what finds somebody.
NEVER = 3_600
#: Characters; some of them are more than the window of a reader that takes nothing.
LARGE = 8_000


def test_whoever_is_accepted_is_watched_by_the_kernel() -> None:
    (listener,) = listen("127.0.0.1", 0, 1)
    with listener, socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
        assert {option: accepted.getsockopt(*option) for option in VANISHED} == VANISHED


class Site:
    """A server that tells its admin how many streams it holds."""

    def __init__(self, server: WebServer, admin: Player, stores: Stores) -> None:
        self.server = server
        self._admin = admin
        self._stores = stores

    async def seconds_until_empty(self, *, busy: bool = False) -> float:
        """`busy`: something is sent all the time."""
        began = time.monotonic()
        while await self._streams():
            assert time.monotonic() - began < FOUND_SECONDS, "nobody noticed"
            if busy:
                write(self._stores, 1)
            await asyncio.sleep(0.5)
        return time.monotonic() - began

    async def _streams(self) -> float:
        told = await scrape(self._admin.api.http, headers=self._admin.bearer)
        return told.value("sse_board_connections", transport="sse")


@contextlib.asynccontextmanager
async def serving(stores: Stores, serve: Serve, host: str, heartbeat: int) -> AsyncIterator[Site]:
    server = serve(stores, ready=False, HOST=host, HEARTBEAT_SECONDS=heartbeat, **PLENTY)
    server.url = f"http://{host}:{server.port}"
    server.wait_until_ready()
    async with Api(server.url) as api:
        yield Site(server, await api.admin(stores), stores)
    server.kill()


@needs_time
@needs_cable
@pytest.mark.parametrize(
    ("heartbeat", "busy", "least", "most"),
    [(15, False, 29, 48), (NEVER, False, 38, 50), (15, True, 29, 36)],
    ids=["idle but for heartbeats", "quite idle", "busy"],
)
async def test_a_peer_behind_a_cut_cable_is_given_up(
    heartbeat: int, busy: bool, least: int, most: int, stores: Stores, serve: Serve, follow: Follow
) -> None:
    with Cable() as cable:
        async with serving(stores, serve, cable.near, heartbeat) as site:
            url = f"{site.server.url}/api/v1/stream?channels=system&format=text"
            client = follow(*cable.command("curl", "-sN", url))
            await client.until_says("listening to system")
            cable.pull()
            assert least < await site.seconds_until_empty(busy=busy) < most


@needs_time
async def test_a_reader_that_takes_nothing_is_given_up(stores: Stores, serve: Serve) -> None:
    """Its kernel answers, but only to say that there is no room."""
    async with serving(stores, serve, "127.0.0.1", 15) as site:
        sleeper = Sleeper(site.server.url, "system")
        try:
            await eventually(lambda: has_begun(sleeper))
            write(stores, 10, "x" * LARGE)
            assert 29 < await site.seconds_until_empty() < 48
        finally:
            sleeper.close()


def has_begun(sleeper: Sleeper) -> bool:
    sleeper.read()
    return bool(sleeper.messages)
