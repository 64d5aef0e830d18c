"""`kill -HUP` of a real `sse-board serve`: new processes, and nobody who asks or listens notices."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.support.callers import Caller
from tests.support.clients import Api, eventually
from tests.support.processes import alive, web_processes
from tests.support.servers import Stores, WebServer
from tests.support.streams import Stream

WORKERS = 2
STREAMS = 6
#: More than any process here needs, on a busy machine too: none may be killed.
DRAIN_SECONDS = 4
#: Two rolls of all processes take ten seconds, on a busy machine a multiple of that.
ROLLED_SECONDS = 60.0
#: Read by every Python program at its start: with the file `broken` beside it no web process starts.
BROKEN_RELEASE = """
import os, sys
from pathlib import Path
if Path(__file__).with_name("broken").exists() and "sse_board.processes.web_start" in sys.orig_argv:
    os._exit(3)
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    (folder / "sitecustomize.py").write_text(BROKEN_RELEASE)
    return folder


@pytest.fixture(scope="module")
def server(stores: Stores, serve: Callable[..., WebServer], release: Path) -> WebServer:
    """One for all tests, as a start is dear; the last of them stops it."""
    settings = {"RATE_LIMIT_IP_PER_MINUTE": 10**6, "DRAIN_SECONDS": DRAIN_SECONDS, "PYTHONPATH": release}
    return serve(stores, workers=WORKERS, **settings)


def hang_up(server: WebServer) -> None:
    os.kill(server.process.pid, signal.SIGHUP)


def count(server: WebServer, event: str) -> int:
    return server.log_text().count(f'"event":"{event}"')


@contextlib.contextmanager
def called(url: str) -> Iterator[list[Caller]]:
    """By six programs; half of them keep their connections."""
    paths = ["/livez", "/api/v1/scores/leaderboard?board=scoreboard", "/boards/scoreboard"]
    callers = [Caller(url, path, keep_alive=kept) for path in paths for kept in (False, True)]
    with contextlib.ExitStack() as running:
        yield [running.enter_context(caller) for caller in callers]


async def follow(stream: Stream, url: str) -> None:
    """As a browser does: whenever the server ends the stream, come back with the cursor."""
    while True:
        await stream.open(url)
        await stream.until_ended(ROLLED_SECONDS)
        await stream.cut()


@contextlib.asynccontextmanager
async def followed(url: str) -> AsyncIterator[list[Stream]]:
    """By as many streams of announcements, which are all connected."""
    streams = [Stream("system") for _ in range(STREAMS)]
    async with asyncio.TaskGroup() as tasks:
        following = [tasks.create_task(follow(stream, url)) for stream in streams]
        await eventually(lambda: all(stream.of_type("connected") for stream in streams))
        yield streams
        for one in following:
            one.cancel()
    for stream in streams:
        await stream.cut()


def told(stream: Stream) -> list[str]:
    return [message.json["title"] for message in stream.of_type("system.announcement")]


async def test_two_rolls_that_nobody_notices(server: WebServer, stores: Stores) -> None:
    before = set(web_processes(server.process.pid))
    async with Api(server.url) as api, followed(server.url) as streams:
        admin = await api.admin(stores)
        announced: list[str] = []
        with called(server.url) as callers:
            async with asyncio.timeout(ROLLED_SECONDS):
                while count(server, "roll.ended") < 2:
                    if len(announced) in (0, 10):  # the second is in the middle of the first roll
                        hang_up(server)
                    announced.append(f"News {len(announced)}")
                    await admin.announce(announced[-1])
                    await asyncio.sleep(0.1)
        await eventually(lambda: all(len(told(stream)) >= len(announced) for stream in streams))
    assert [caller.failures for caller in callers] == [[] for _ in callers]
    assert all(caller.answers > 100 for caller in callers)
    assert [told(stream) for stream in streams] == [announced for _ in streams]
    assert all(stream.of_type("stream.rotate") for stream in streams)
    assert len(web_processes(server.process.pid)) == WORKERS
    assert not before & set(web_processes(server.process.pid))
    assert count(server, "roll.replaced") == 2 * WORKERS
    assert count(server, "part.died") == count(server, "roll.killed") == 0


async def test_a_release_that_cannot_start_leaves_everything_as_it_is(server: WebServer, release: Path) -> None:
    before = web_processes(server.process.pid)
    (release / "broken").touch()
    with called(server.url) as callers:
        hang_up(server)
        await eventually(lambda: count(server, "roll.failed") == 1)
        await asyncio.sleep(0.5)
    (release / "broken").unlink()
    assert [caller.failures for caller in callers] == [[] for _ in callers]
    assert web_processes(server.process.pid) == before


async def test_a_stop_in_the_middle_of_a_roll_ends_all_in_time(server: WebServer) -> None:
    hang_up(server)
    await eventually(lambda: len(web_processes(server.process.pid)) > WORKERS)
    running, asked = web_processes(server.process.pid), time.monotonic()
    await asyncio.to_thread(server.stop)
    assert time.monotonic() - asked < DRAIN_SECONDS + 0.5
    assert not any(map(alive, running))
