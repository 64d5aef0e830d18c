"""What a stream costs in memory: how much the process has grown since it began to serve, divided among them."""

import os
from pathlib import Path

#: With fewer streams the growth says more of caches and connection pools than of streams.
STREAMS_LEAST = 100


class Memory:
    """`baseline` is what the process had when it began to serve: bytes, 0 before."""

    def __init__(self) -> None:
        self.baseline = 0

    def begin(self) -> None:
        self.baseline = resident()

    def per_stream(self, streams: int) -> float | None:
        """Bytes; None where it cannot be told."""
        if not self.baseline or streams < STREAMS_LEAST:
            return None
        return max(0, resident() - self.baseline) / streams


def resident() -> int:
    """The memory of this process that is not swapped out: bytes (proc(5), `statm`)."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
