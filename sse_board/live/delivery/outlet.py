"""Where the bytes of a connection go: straight to its socket, or to whoever hands them on to a server."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sse_board.live.delivery.connection import Connection

#: Unread bytes of one connection after which it skips to the newest state: two boards of 100 rows in HTML, five in
#: JSON. A page with more of them gets the rest as it reads.
BUDGET_BYTES = 128 * 1024
#: Unread bytes at which the next event of a log ends the connection: it will come back for it. More than states
#: may take, so that busy boards alone cut nobody.
LOG_BUDGET_BYTES = 8 * BUDGET_BYTES


class Writable(Protocol):
    """Takes bytes without waiting; `direct` is the descriptor of a socket that may be written to in its place,
    with `pass_on` for what that does not take."""

    direct: int

    def write(self, octets: bytes) -> None:
        """Take them, behind what was taken before."""

    def pass_on(self, octets: bytes) -> None:
        """The same, past the socket."""

    def broken(self, error: OSError) -> None:
        """The socket takes nothing any more."""


class Outlet(Writable, Protocol):
    """Where a connection writes to. It sets `full` of the connection, and calls `drained` and `lost`."""

    @property
    def backlog(self) -> int:
        """Bytes that were taken and not handed to the kernel yet."""

    def finish(self) -> None:
        """Nothing follows: close when all of it is gone."""

    def discard(self) -> None:
        """What is not gone yet shall not go out any more."""

    def abort(self) -> None:
        """Close now."""


#: No descriptor: ask the outlet.
INDIRECT = -1


class Unconnected:
    """Of a connection that is not yet there, or not any more."""

    __slots__ = ()
    backlog = 0
    direct = INDIRECT

    def write(self, octets: bytes) -> None:
        return

    pass_on = write

    def broken(self, error: OSError) -> None:
        return

    def finish(self) -> None:
        return

    def discard(self) -> None:
        return

    def abort(self) -> None:
        return


#: One for all who have none.
UNCONNECTED = Unconnected()


class Pipe:
    """A socket that is written to as long as it takes all; the rest goes to the transport that owns it.

    The system call itself costs most of what a frame costs: the transport's own way would add a third to that,
    and memory for every frame. The descriptor is good until the transport says that the connection is lost.
    """

    __slots__ = ("_descriptor", "_transport", "connection", "direct")

    def __init__(self, transport: asyncio.Transport, connection: "Connection") -> None:
        transport.set_write_buffer_limits(high=BUDGET_BYTES)
        self._transport = transport
        self._descriptor: int = transport.get_extra_info("socket").fileno()
        self.connection = connection
        self.direct = INDIRECT

    @property
    def backlog(self) -> int:
        return self._transport.get_write_buffer_size()

    def write(self, octets: bytes) -> None:
        if self.direct == INDIRECT and not self.backlog:
            self.direct = self._descriptor
        if self.direct == INDIRECT:
            self.pass_on(octets)
        else:
            write_all((self,), octets)

    def pass_on(self, octets: bytes) -> None:
        """For the transport to write when it can."""
        self.direct = INDIRECT
        if self._descriptor != INDIRECT:
            self._transport.write(octets)
            self.connection.keeper.lags(self.connection)

    def broken(self, error: OSError) -> None:
        """Only whoever meets the error first hears what it is; the transport says that the connection is lost."""
        self.connection.blame(error)
        self.abort()

    def discard(self) -> None:
        """What the transport has it cannot be made to forget."""
        if self.backlog:
            self.abort()

    def abort(self) -> None:
        self._transport.abort()

    def pause_writing(self) -> None:
        self.connection.full = True

    def resume_writing(self) -> None:
        self.connection.drained()

    def lose(self, error: Exception | None) -> None:
        """The descriptor may be another connection's in a moment."""
        self._descriptor = self.direct = INDIRECT
        self.connection.lost(error)


def write_all(outlets: Iterable[Writable], octets: bytes) -> None:
    """The same to many. What is done for each is as little as can be: after every system call the processor has to
    fetch anew what it is to run next, so that what is quick by itself is not between two of them."""
    size, write = len(octets), os.write
    for outlet in outlets:
        descriptor = outlet.direct
        if descriptor == INDIRECT:
            outlet.write(octets)
            continue
        try:
            written = write(descriptor, octets)
        except BlockingIOError:
            written = 0
        except OSError as error:
            outlet.broken(error)
            continue
        if written != size:
            outlet.pass_on(octets[written:])


class Queue:
    """Where only the server writes, by its own `send`: what was taken waits for whoever reads `batches`."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self.waiting: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._is_finished = False
        self.direct = INDIRECT
        #: Handed out and not yet sent, and what waits behind it.
        self.backlog = 0

    def write(self, octets: bytes) -> None:
        self.waiting.append(octets)
        self.backlog += len(octets)
        self._connection.full = self.backlog > BUDGET_BYTES
        self._news.set()

    pass_on = write

    def broken(self, error: OSError) -> None:
        self.abort()

    def finish(self) -> None:
        self._is_finished = True
        self._news.set()

    def discard(self) -> None:
        self.backlog -= sum(map(len, self.waiting))
        self.waiting.clear()

    def abort(self) -> None:
        self.discard()
        self.finish()

    async def batches(self) -> AsyncIterator[bytes]:
        """What to send, as much at once as there is; asking for the next says that it was sent."""
        while self.waiting or not self._is_finished:
            await self._news.wait()
            self._news.clear()
            if self.waiting:
                batch = b"".join(self.waiting)
                self.waiting.clear()
                yield batch
                self._sent(len(batch))
            if self.waiting or self._is_finished:
                self._news.set()

    def _sent(self, octets: int) -> None:
        self.backlog -= octets
        if self._connection.full and self.backlog <= BUDGET_BYTES:
            self._connection.drained()
