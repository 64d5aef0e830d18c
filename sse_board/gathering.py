"""What many ask at nearly the same time is asked at once: a call to a store costs as much for one as for many."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sse_board.errors import Unavailable

Q = TypeVar("Q")
A = TypeVar("A")

#: Questions in one call: so many ticks take Redis some milliseconds, in which nobody else is answered.
TOGETHER = 256
#: Questions that may wait: at most some tenths of a second of work; beyond that a quick 503 serves better.
WAITING_LIMIT = 4_096


class Gathered(Generic[Q, A]):
    """`ask` answers many questions in their order. Who comes while a call is under way is of the next.

    `pause`: seconds to wait for others before a call.
    """

    def __init__(self, ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], *, pause: float = 0.0) -> None:
        self._ask = ask
        self._pause = pause
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._asking: asyncio.Task[None] | None = None

    def __call__(self, question: Q) -> asyncio.Future[A]:
        """The answer; raises what `ask` raised. Raises Unavailable when too many wait."""
        if len(self._waiting) >= WAITING_LIMIT:
            raise Unavailable("Too much is waiting.", retry_after=1)
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all())
        return answer

    async def _ask_all(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(self._pause)
                together, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                await self._answer(together)
        finally:
            self._asking = None

    async def _answer(self, together: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            answers = await self._ask([question for question, _ in together])
        except asyncio.CancelledError:
            for _, future in together:
                future.cancel()
            raise
        except Exception as error:
            for _, future in together:
                if not future.done():
                    future.set_exception(error)
                    future.exception()  # who left at this very moment need not look at it
        else:
            for (_, future), answer in zip(together, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
