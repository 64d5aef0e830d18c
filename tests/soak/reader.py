"""One listener among thousands: a protocol on a bare socket, which comes back as `EventSource` does."""

import asyncio
import contextlib
import socket
import struct
import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import httptools

from tests.soak.announcer import Numbers
from tests.soak.board import Board
from tests.soak.frames import Frame, Frames
from tests.soak.told import number_of, update_of
from tests.support.replica import State

HOST = "127.0.0.1"
#: Until a server has said when to come back: seconds.
FIRST_RETRY_SECONDS = 1.0
#: What a reader of a server that has room, and forgets nothing, must not be told.
UNWANTED = {b"busy", b"history.truncated", b"error"}
#: SO_LINGER that lets `close` send a reset: on, no seconds.
AT_ONCE = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Heard:
    """What readers share: where they listen, and what came of it.

    `catch_ups`: seconds from the beginning of each connection until all that was missed had come; `delays`: from
    the beginning of each announcement until a reader who had missed nothing heard it. `losses`: connections that
    ended although their reader wanted them.
    """

    port: int
    slugs: Sequence[str]
    numbers: Numbers
    limit: int = 10
    catch_ups: "array[float]" = field(default_factory=lambda: array("d"))
    delays: "array[float]" = field(default_factory=lambda: array("d"))
    losses: int = 0
    faults: list[str] = field(default_factory=list)

    def request(self, cursor: bytes) -> bytes:
        channels = ",".join([*(f"leaderboard:{slug}" for slug in self.slugs), "system"])
        headers = {"Last-Event-ID": cursor.decode()} if cursor else {}
        return stream_request(f"channels={channels}&limit={self.limit}", headers)


def stream_request(query: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET /api/v1/stream?{query} HTTP/1.1", "Host: board", *map(": ".join, headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def reset(connection: socket.socket) -> None:
    """The next `close` tells the peer nothing but that it is over."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)


class Reader(asyncio.Protocol):
    """`heard`: the number of the last announcement; those before the reader came are not missed."""

    def __init__(self, shared: Heard) -> None:
        self.shared = shared
        self._boards = {slug: Board(shared.limit) for slug in shared.slugs}
        self.heard = shared.numbers.told
        self.cursor = b""
        self.is_level = False
        self._retry = self._away = FIRST_RETRY_SECONDS
        self._transport: asyncio.Transport | None = None

    async def follow(self) -> None:
        """Until cancelled: connect, listen, come back when that has ended."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._gone = loop.create_future()
                self.begin()
                with contextlib.suppress(OSError):
                    await loop.create_connection(lambda: self, HOST, self.shared.port)
                    await self._gone
                await asyncio.sleep(self._away)
        finally:
            self.cut(0)

    def cut(self, seconds: float) -> None:
        """Drop the connection without a word, and come back after so long; nothing while there is none."""
        if self._transport is None:
            return
        self._away = seconds
        reset(self._transport.get_extra_info("socket"))
        transport, self._transport = self._transport, None
        transport.abort()

    def shows(self, boards: dict[str, State]) -> bool:
        """Whether it missed nothing and its boards are as these."""
        return self.is_level and all(self._boards[slug].state == state for slug, state in boards.items())

    # -- one connection --

    def begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._frames = Frames()
        for board in self._boards.values():
            board.begin()
        self.is_level = False
        self._missed = self.shared.numbers.told
        self._began = time.monotonic()
        self._away = self._retry

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self.shared.request(self.cursor))

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_level = False
        self.shared.losses += self._transport is not None
        self._transport = None
        if not self._gone.done():
            self._gone.set_result(None)

    # -- what the parser says --

    def on_headers_complete(self) -> None:
        if (status := self._parser.get_status_code()) != 200:
            self.shared.faults.append(f"answered {status}")

    def on_body(self, body: bytes) -> None:
        try:
            for frame in self._frames.feed(body):
                self._hear(frame)
        except AssertionError as fault:
            self.shared.faults.append(str(fault))

    def on_message_complete(self) -> None:
        assert self._transport is not None
        self._transport.close()

    def _hear(self, frame: Frame) -> None:
        assert frame.type not in UNWANTED, f"was told {frame}"
        self.cursor = frame.id or self.cursor
        if frame.type == b"leaderboard.update":
            update = update_of(frame.data)
            self._boards[update.slug].apply(update)
        elif frame.type == b"system.announcement":
            self._hear_announcement(number_of(frame.data))
        elif frame.retry:
            self._retry = self._away = int(frame.retry) / 1000
        if not self.is_level:
            self._look_whether_level()

    def _hear_announcement(self, number: int) -> None:
        assert number == self.heard + 1, f"{number} came after {self.heard}"
        self.heard = number
        if self.is_level:
            self.shared.delays.append(time.monotonic() - self.shared.numbers.begun[number])

    def _look_whether_level(self) -> None:
        """Who has no cursor yet could not come back for what it misses."""
        has_all = all(board.is_there for board in self._boards.values())
        if has_all and self.cursor and self.heard >= self._missed:
            self.is_level = True
            self.shared.catch_ups.append(time.monotonic() - self._began)
