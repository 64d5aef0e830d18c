"""Many who ask for the same at the same time cost one read, and nobody is told what was true before they asked."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedReads(Generic[T]):
    """One read per key is under way; whoever comes meanwhile shares the next, which begins when it is over."""

    def __init__(self) -> None:
        self._next: dict[Hashable, asyncio.Task[T]] = {}
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """What `read` gives, called after this was; raises what it raises."""
        waiting = self._next.get(key)
        if waiting is None:
            before = self._running.get(key)
            waiting = self._next[key] = asyncio.create_task(self._read(key, read, before))
            waiting.add_done_callback(_retrieved)
        return await asyncio.shield(waiting)

    async def _read(self, key: Hashable, read: Callable[[], Awaitable[T]], before: asyncio.Task[T] | None) -> T:
        if before is not None:
            await asyncio.wait({before})
        task = self._running[key] = self._next.pop(key)
        try:
            return await read()
        finally:
            if self._running.get(key) is task:
                del self._running[key]


def _retrieved(task: asyncio.Task[T]) -> None:
    """Whoever asked may have left; then nobody looks at what went wrong, and nobody has to."""
    if not task.cancelled():
        task.exception()
