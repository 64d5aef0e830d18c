"""The socket that the hub writes to: what it takes, what waits, and how it ends."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from sse_board.live.counts import Way
from sse_board.live.delivery.coding import CHUNKS
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.outlet import BUDGET_BYTES
from sse_board.live.event import Event
from sse_board.live.ways.adopted import Adopted
from tests.support.clients import eventually

#: So little that a few frames fill it.
KERNEL_BYTES = 4_096
FRAME = 1_000


class Notes:
    """Keeps a connection, and notes what it is told of it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def secret(self, id: str) -> str:
        return id

    def cut_off(self) -> Event:
        return Event("cut", {})

    def look_at(self, connection: Connection) -> None:
        self.told.append("look")

    def lags(self, connection: Connection) -> None:
        self.told.append("lags")

    def progressed(self, connection: Connection) -> None:
        self.told.append("progressed")

    def lost(self, connection: Connection) -> None:
        self.told.append("lost")


@dataclass(slots=True)
class Line:
    """A connection on a real socket, and the client's end of it."""

    connection: Connection
    outlet: Adopted
    keeper: Notes
    connections: set[Any]
    client: socket.socket

    async def read(self, most: int = 1 << 20) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self.client, most)

    async def read_all(self) -> bytes:
        received = b""
        while piece := await self.read():
            received += piece
        return received


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    ours, client = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
    for end in (ours, client):
        end.setblocking(False)
    keeper, connections = Notes(), set[Any]()
    connection = Connection(
        "id", CHUNKS["json"], 10, None, address="", way=Way(), keeper=keeper, now=0.0, rotates_at=1e9
    )

    def take_over() -> asyncio.Protocol:
        return asyncio.Protocol()

    transport, _ = await asyncio.get_running_loop().connect_accepted_socket(take_over, ours)
    adopted = Adopted(transport, connections, connection)
    transport.set_protocol(adopted)
    yield Line(connection, adopted, keeper, connections, client)
    client.close()
    if "lost" not in keeper.told:
        transport.abort()
        await eventually(lambda: "lost" in keeper.told)


def frame(number: int) -> bytes:
    return f"{number:09d}\n".encode() * (FRAME // 10)


async def test_what_the_kernel_does_not_take_comes_behind_what_it_took(line: Line) -> None:
    frames = [frame(number) for number in range(60)]
    received = b""
    for number, octets in enumerate(frames):
        line.outlet.write(octets)
        if number % 7 == 6:
            received += await line.read(5 * FRAME)
    assert "lags" in line.keeper.told
    line.outlet.finish()
    received += await line.read_all()
    assert received == b"".join(frames) + b"0\r\n\r\n"


async def test_a_reader_that_keeps_up_is_written_to_at_once(line: Line) -> None:
    for number in range(20):
        line.outlet.write(frame(number))
        assert line.outlet.backlog == 0
        assert await line.read() == frame(number)
    assert line.keeper.told == []


async def test_over_its_budget_it_is_full_until_it_has_read(line: Line) -> None:
    written = 0
    while not line.connection.full:
        line.outlet.write(frame(0))
        written += FRAME
    assert BUDGET_BYTES < written < BUDGET_BYTES + 100 * KERNEL_BYTES
    received = 0
    while line.connection.full:
        received += len(await line.read(FRAME))
        await asyncio.sleep(0)
    assert BUDGET_BYTES / 2 < received < written


async def test_a_descriptor_that_is_somebody_elses_now_is_not_written_to(line: Line) -> None:
    line.outlet.write(b"for the first")
    await line.read()
    before = {int(name) for name in os.listdir("/proc/self/fd")}
    line.outlet.abort()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    freed = before - {int(name) for name in os.listdir("/proc/self/fd")}
    reader, writer = os.pipe()
    assert writer in freed or reader in freed
    line.connection.send(Event("late", {}))
    line.outlet.write(b"late")
    os.set_blocking(reader, False)
    os.close(writer)
    assert os.read(reader, 100) == b""
    os.close(reader)
    assert line.keeper.told[-1] == "lost"
    assert not line.connections


async def test_who_speaks_behind_its_request_is_hung_up_on(line: Line) -> None:
    line.client.send(b"GET / HTTP/1.1\r\n\r\n")
    await eventually(lambda: "lost" in line.keeper.told)
    assert line.connection.has_ended


async def test_who_leaves_is_noticed(line: Line) -> None:
    line.client.close()
    await eventually(lambda: "lost" in line.keeper.told)
    assert (line.connection.reason, line.connections) == ("client", set())


async def test_what_was_not_read_by_who_lost_the_right_to_it_is_not_sent(line: Line) -> None:
    while not line.connection.full:
        line.outlet.write(frame(0))
    line.connection.discard()
    assert len(await line.read_all()) < BUDGET_BYTES


async def test_a_shutdown_of_the_server_closes_it(line: Line) -> None:
    (open_one,) = line.connections
    open_one.shutdown()
    assert await line.read_all() == b""
