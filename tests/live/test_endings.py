"""How streams end: by age, for want of room, at a shutdown; and that none of it is an error to its reader."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from tests.live.conftest import Pair
from tests.support.clients import Api
from tests.support.servers import DRAIN_SECONDS, WebServer
from tests.support.streams import Stream, listening

CHANNEL = "leaderboard:scoreboard"
MAX_AGE = 2
LIMIT = 2


async def test_streams_rotate_are_refused_gently_when_full_and_drain(
    pair: Pair, serve_alike: Callable[..., WebServer]
) -> None:
    """One server for three endings: each takes a process of its own settings to see."""
    server = serve_alike(pair.stores, STREAM_MAX_AGE=MAX_AGE, STREAM_LIMIT=LIMIT)
    await rotation(server)
    await capacity(server)
    await drain(server)


async def rotation(server: WebServer) -> None:
    """A stream ends after 80–100 % of its age, with a word and a time to come back at."""
    began = time.monotonic()
    async with listening(server.url, CHANNEL) as stream:
        await stream.until_ended(MAX_AGE + 2)
        lived = time.monotonic() - began
        last = stream.messages[-1]
        assert last.type == "stream.rotate"
        assert last.retry is not None
        assert 0.8 * MAX_AGE <= lived <= MAX_AGE + 1.5
        await stream.cut()
        await stream.open(server.url)
        await stream.until_type("leaderboard.update", 2)


async def capacity(server: WebServer) -> None:
    """Who comes too late gets the present state once; who is connected stays."""
    async with AsyncExitStack() as stack:
        seated = [await stack.enter_async_context(listening(server.url, CHANNEL)) for _ in range(LIMIT)]
        for stream in seated:
            await stream.until_type("leaderboard.update")
        async with listening(server.url, f"{CHANNEL},nonsense") as late, Api(server.url) as api:
            await late.until_ended()
            assert late.types == ["busy", "leaderboard.update"]
            busy = late.messages[0]
            assert busy.retry is not None
            assert busy.retry >= 1_000
            assert busy.json["refused"] == [{"channel": "nonsense", "code": "NOT_FOUND"}]
            answer = await api.board("scoreboard")
            assert late.boards["scoreboard"].version == answer["version"]
        assert not [stream for stream in seated if stream.ended]
    async with Stream(CHANNEL) as again:
        await seat(again, server)


async def seat(stream: Stream, server: WebServer) -> None:
    """A place that became free is given to the next who comes; it may take the server a moment to notice."""
    deadline = time.monotonic() + 5
    while "connected" not in stream.types:
        assert time.monotonic() < deadline, "the place stays taken"
        await stream.cut()
        stream.messages.clear()
        await stream.open(server.url)
        await stream.until(lambda: bool(stream.messages))


async def drain(server: WebServer) -> None:
    """SIGTERM: every stream is told to go elsewhere, and the process ends well in time."""
    async with Stream(CHANNEL) as first, Stream(CHANNEL, format="html") as second:
        for stream in (first, second):
            await seat(stream, server)
        began = time.monotonic()
        server.end()
        for stream in (first, second):
            await stream.until_ended(DRAIN_SECONDS)
            assert stream.types[-1] == "stream.rotate"
            assert stream.messages[-1].retry is not None
        assert server.process.wait(DRAIN_SECONDS) == 0
        assert time.monotonic() - began <= DRAIN_SECONDS + 0.5
