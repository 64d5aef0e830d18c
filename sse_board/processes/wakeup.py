"""Signals for a loop that waits: which of them came, and an end to the wait when one does."""

import contextlib
import select
import signal
import socket
from types import FrameType
from typing import Any

STOPPING = (signal.SIGTERM, signal.SIGINT)
#: Bytes read at a time: one for each signal that came.
READ_BYTES = 1024


class Wakeup:
    """While entered: counts requests to stop, and `wait` returns when a child ends or one comes."""

    def __init__(self) -> None:
        self.stops = 0
        self._reader, self._writer = socket.socketpair()
        self._before: dict[signal.Signals, Any] = {}
        self._descriptor_before = -1

    def __enter__(self) -> "Wakeup":
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._descriptor_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in (*STOPPING, signal.SIGCHLD):
            self._before[number] = signal.signal(number, self._count)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._descriptor_before)
        self._reader.close()
        self._writer.close()

    def wait(self, seconds: float | None) -> None:
        """Return at the next signal, one that came since the last wait included, or after `seconds`."""
        select.select([self._reader], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(READ_BYTES)

    def _count(self, number: int, _: FrameType | None) -> None:
        if number in STOPPING:
            self.stops += 1
