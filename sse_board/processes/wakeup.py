"""Signals for a loop that waits: which of them came, and an end to the wait when one does."""

import contextlib
import select
import signal
import socket
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, Protocol

STOPPING = (signal.SIGTERM, signal.SIGINT)
#: Bytes read at a time: one for each signal that came.
READ_BYTES = 1024


class Readable(Protocol):
    def fileno(self) -> int: ...


class Wakeup:
    """While entered: counts requests to stop, and `wait` returns when a child ends or one comes.

    `hangup` is called for each SIGHUP; without it that signal does what it did before.
    """

    def __init__(self, hangup: Callable[[], None] | None = None) -> None:
        self.stops = 0
        self._hangup = hangup
        self._reader, self._writer = socket.socketpair()
        self._before: dict[signal.Signals, Any] = {}
        self._descriptor_before = -1

    def __enter__(self) -> "Wakeup":
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._descriptor_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        hangup = [] if self._hangup is None else [signal.SIGHUP]
        for number in (*STOPPING, signal.SIGCHLD, *hangup):
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._descriptor_before)
        self._reader.close()
        self._writer.close()

    def wait(self, seconds: float | None, also: Sequence[Readable] = ()) -> None:
        """Return at the next signal, one that came since the last wait included, or after `seconds`.

        What can be read from one of `also` ends it too.
        """
        select.select([self._reader, *also], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(READ_BYTES)

    def _note(self, number: int, _: FrameType | None) -> None:
        if number in STOPPING:
            self.stops += 1
        elif number == signal.SIGHUP and self._hangup is not None:
            self._hangup()
