"""Clients of every kind, the dreaded ones too: each comes, stays for a while, and leaves in its own way."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.soak.reader import HOST, reset
from tests.support.clients import PATIENCE

#: With so small a window hardly anything waits outside of the server: bytes.
WINDOW = 4096
#: One who reads slowly takes this much, and then pauses: bytes, seconds.
SIP, PAUSE = 2048, 0.05
PIECE = 65_536
#: So many leave before they are answered.
IMPATIENT_SHARE = 0.1
#: Addresses of this machine that visitors come from.
ADDRESSES = [f"127.0.1.{number}" for number in range(1, 251)]


@dataclass(frozen=True, slots=True)
class Visitors:
    """`requests`: what they may ask for; `stay`: how long at the most, seconds."""

    port: int
    requests: Sequence[bytes]
    stay: float
    dice: Random

    async def visit(self) -> None:
        """One of them, whichever. Raises TimeoutError for who waits for an answer and gets none."""
        loop = asyncio.get_running_loop()
        with socket.socket() as client:
            client.setblocking(False)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
            client.bind((self.dice.choice(ADDRESSES), 0))
            await loop.sock_connect(client, (HOST, self.port))
            client.send(self.dice.choice(self.requests))
            if self.dice.random() < IMPATIENT_SHARE:
                return
            async with asyncio.timeout(PATIENCE):
                await loop.sock_recv(client, 1)
            await self._stay(client)

    async def _stay(self, client: socket.socket) -> None:
        """A server that hangs up has its reasons."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(self.dice.uniform(0, self.stay)):
                await self.dice.choice(BEHAVIOURS)(client)


async def reads(client: socket.socket) -> None:
    """Leaves in order."""
    while await asyncio.get_running_loop().sock_recv(client, PIECE):
        pass


async def reads_slowly(client: socket.socket) -> None:
    sip = await asyncio.get_running_loop().sock_recv(client, SIP)
    while sip:
        await asyncio.sleep(PAUSE)
        sip = await asyncio.get_running_loop().sock_recv(client, SIP)


async def freezes(_: socket.socket) -> None:
    """Never reads; what it leaves unread makes of its leave a reset."""
    await asyncio.Event().wait()


async def vanishes(client: socket.socket) -> None:
    """Is gone by a reset, in the midst of whatever came."""
    reset(client)
    await reads(client)


async def half_closes(client: socket.socket) -> None:
    """Has nothing more to say, stays, and never reads."""
    client.shutdown(socket.SHUT_WR)
    await freezes(client)


BEHAVIOURS: Sequence[Callable[[socket.socket], Awaitable[None]]] = (
    reads,
    reads_slowly,
    freezes,
    vanishes,
    half_closes,
)


@contextlib.asynccontextmanager
async def among(visitors: Visitors, count: int) -> AsyncIterator[None]:
    """So many visits at any time; all are over at the end."""

    async def again_and_again() -> None:
        while True:
            await visitors.visit()

    tasks = [asyncio.create_task(again_and_again()) for _ in range(count)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        assert task.cancelled(), task.exception()
