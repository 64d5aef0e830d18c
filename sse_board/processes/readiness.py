"""How a process tells the one that started it that it serves: by a byte in a pipe, which its end would close."""

import contextlib
import os
from collections.abc import Iterator

SERVING = b"\n"


class Readiness:
    """The end that waits; it becomes readable when there is an answer."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)

    @contextlib.contextmanager
    def handed_out(self) -> Iterator[int]:
        """The other end, for a child to inherit; then it is closed here, so that the child's is the only one."""
        try:
            yield self._writer
        finally:
            os.close(self._writer)

    def fileno(self) -> int:
        return self._reader

    def answer(self) -> bool | None:
        """True when it serves, False when it never will, None as long as it has not said."""
        try:
            return os.read(self._reader, len(SERVING)) == SERVING
        except BlockingIOError:
            return None

    def close(self) -> None:
        os.close(self._reader)


def say_ready(descriptor: int) -> None:
    """For the process that was started. Says it once and for all."""
    with contextlib.suppress(BrokenPipeError):  # nobody waits any more
        os.write(descriptor, SERVING)
    os.close(descriptor)
