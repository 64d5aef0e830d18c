"""Stores in trouble, as pollers and probes see it."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.support.clients import Api, data_of, eventually
from tests.support.processes import command_line, descendants
from tests.support.servers import Stores, WebServer

BOARD = "/api/v1/scores/leaderboard"


@pytest.fixture
def freeze() -> Iterator[Callable[[str], None]]:
    """Stop every process of a store, as a machine that hangs would; all of them go on at the end."""
    frozen: list[int] = []

    def stop(name: str) -> None:
        found = [pid for pid in descendants(os.getpid()) if name in command_line(pid)]
        assert found
        for pid in found:
            os.kill(pid, signal.SIGSTOP)
        frozen.extend(found)

    yield stop
    for pid in frozen:
        os.kill(pid, signal.SIGCONT)


async def test_a_poller_is_told_that_nothing_changed_while_the_database_is_frozen(
    own_stores: Stores, serve: Callable[..., WebServer], freeze: Callable[[str], None]
) -> None:
    async with Api(serve(own_stores).url) as api:
        await (await api.register()).score("task_finish")
        tag = {"If-None-Match": (await api.http.get(BOARD)).headers["etag"]}
        freeze("postgres")
        assert (await api.http.get(BOARD, headers=tag, timeout=1)).status_code == 304


async def test_pollers_do_without_redis(
    own_stores: Stores, serve: Callable[..., WebServer], freeze: Callable[[str], None]
) -> None:
    """What they are told is still true."""
    async with Api(serve(own_stores).url) as api:
        player = await api.register()
        await player.score("task_finish")
        tag = {"If-None-Match": (await api.http.get(BOARD)).headers["etag"]}
        freeze("valkey")
        for _ in range(2):
            assert (await api.http.get(BOARD, headers=tag, timeout=3)).status_code == 304
        await player.score("task_finish")
        board = data_of(await api.http.get(BOARD, headers=tag, timeout=3))
        assert board["leaderboard"][0]["score"] == 20


async def test_health_comes_back_by_itself(own_stores: Stores, serve: Callable[..., WebServer]) -> None:
    async with Api(serve(own_stores).url) as api:

        async def degraded() -> bool:
            return bool(data_of(await api.http.get("/readyz"))["degraded"])

        pids = [pid for pid in descendants(os.getpid()) if "valkey" in command_line(pid)]
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in pids:
                os.kill(pid, number)
            wanted = number == signal.SIGSTOP

            async def as_wanted(wanted: bool = wanted) -> bool:
                return await degraded() == wanted

            await eventually(as_wanted)
