"""METRICS_PORT with several web processes: each tells its own numbers, on a port of its own."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import groupby

import httpx

from tests.processes.test_commands import sse_board
from tests.support.clients import Api, eventually
from tests.support.scrapes import Scrape, scrape
from tests.support.servers import Stores, WebServer, free_ports
from tests.support.wire import connect

READY = "sse_board_http_request_seconds_count"


def process(told: Scrape) -> tuple[str, int]:
    """Index and pid."""
    (sample,) = told.samples("sse_board_process_info")
    return sample.labels["index"], int(sample.labels["pid"])


async def test_each_process_tells_its_own_numbers_on_the_port_of_its_index(
    stores: Stores, serve: Callable[..., WebServer]
) -> None:
    first = free_ports(2)
    server = serve(stores, workers=2, METRICS_PORT=first)
    async with Api(f"http://127.0.0.1:{first}") as one, Api(f"http://127.0.0.1:{first + 1}") as other:
        before = [await scrape(api.http) for api in (one, other)]
        assert [process(told)[0] for told in before] == ["0", "1"]
        assert process(before[0])[1] != process(before[1])[1]
        for _ in range(8):  # each on a connection of its own: the kernel chooses the process
            async with Api(server.url) as api:
                assert (await api.http.get("/livez")).status_code == 200
        after = [await scrape(api.http) for api in (one, other)]
        answered = [told.value(READY, route="/livez") for told in after]
        assert sum(answered) == 8

        os.kill(process(before[1])[1], signal.SIGKILL)

        async def is_back() -> bool:
            try:
                async with Api(f"http://127.0.0.1:{first + 1}") as api:
                    told = await scrape(api.http)
            except httpx.TransportError:
                return False
            return process(told)[0] == "1" and process(told)[1] != process(before[1])[1]

        await eventually(is_back)
    async with Api(server.url) as api:
        admin = await api.admin(stores)
        index, pid = process(await scrape(api.http, headers=admin.bearer))
    assert index in ("0", "1")
    assert pid != server.process.pid


async def test_in_a_roll_scrapes_go_over_to_the_successor_and_never_back(
    stores: Stores, serve: Callable[..., WebServer]
) -> None:
    port = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    server = serve(stores, METRICS_PORT=port, DRAIN_SECONDS=4)
    kept_pids, pids = [], []
    async with AsyncExitStack() as open_meanwhile:
        for _ in range(40):  # the old process takes its time to end so many streams
            stream = open_meanwhile.enter_context(connect(server.url))
            stream.sendall(b"GET /api/v1/stream?channels=system HTTP/1.1\r\nHost: here\r\n\r\n")
        kept = await open_meanwhile.enter_async_context(Api(url))
        os.kill(server.process.pid, signal.SIGHUP)
        while "roll.ended" not in server.log_text():
            async with Api(url) as api:
                pids.append(process(await scrape(api.http))[1])
            kept_pids.append(process(await scrape(kept.http))[1])
            await asyncio.sleep(0.4)
    assert len(list(groupby(pids))) == len(list(groupby(kept_pids))) == 2
    assert kept_pids.count(pids[0]) <= pids.count(pids[0]) + 1, "who is connected is told to come back"


def test_a_taken_metrics_port_is_one_line(stores: Stores) -> None:
    first = free_ports(2)
    with socket.create_server(("127.0.0.1", first + 1)):
        settings = {**stores.environment, "METRICS_PORT": str(first)}
        ended = sse_board("serve", "--port", "0", "--workers", "2", **settings)
    assert ended == (1, "", f"sse-board: port {first + 1} is taken\n")


def test_too_few_ports_are_one_line(stores: Stores) -> None:
    settings = {**stores.environment, "METRICS_PORT": "65535"}
    ended = sse_board("serve", "--port", "0", "--workers", "2", **settings)
    assert ended == (1, "", "sse-board: there are no 2 ports from METRICS_PORT 65535 on\n")
