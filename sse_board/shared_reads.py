"""Many who ask for the same at the same time cost one read, and nobody is told what was true before they asked."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Batch(Generic[T]):
    """Those who share one read. Each has a future of their own, so that one who leaves takes nobody along."""

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read = read
        self.answers: list[asyncio.Future[T]] = []

    async def answer(self) -> None:
        try:
            found = await self._read()
        except asyncio.CancelledError:
            for answer in self.answers:
                answer.cancel()
            raise
        except Exception as error:
            for answer in self._waiting():
                answer.set_exception(error)
                answer.exception()  # who leaves at this very moment need not look at it
        else:
            for answer in self._waiting():
                answer.set_result(found)

    def _waiting(self) -> list[asyncio.Future[T]]:
        return [answer for answer in self.answers if not answer.done()]


class SharedReads(Generic[T]):
    """One read per key is under way; whoever comes meanwhile shares the next, which begins when it is over."""

    def __init__(self) -> None:
        self._next: dict[Hashable, _Batch[T]] = {}
        self._running: dict[Hashable, asyncio.Task[None]] = {}

    async def get(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """What `read` gives, called after this was; raises what it raises."""
        return await self.ask(key, read)

    def ask(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> asyncio.Future[T]:
        """The same, asked for now and waited for later; for one who waits."""
        batch = self._next.get(key)
        if batch is None:
            batch = self._next[key] = _Batch(read)
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._run(key))
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        batch.answers.append(answer)
        return answer

    async def _run(self, key: Hashable) -> None:
        """One batch after the other, as long as somebody waits."""
        try:
            while batch := self._next.pop(key, None):
                await batch.answer()
        finally:
            del self._running[key]
