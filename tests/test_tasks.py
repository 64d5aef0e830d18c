"""What runs in the background ends when it is told to, whatever it makes of it."""

import asyncio
import contextlib

from sse_board.tasks import stop


async def deaf(times: int) -> None:
    """Takes no notice of so many cancellations."""
    for _ in range(times):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
    await asyncio.sleep(60)


async def test_a_task_that_swallows_its_cancellation_is_cancelled_again() -> None:
    task = asyncio.create_task(deaf(2))
    await asyncio.sleep(0)
    await stop([task])
    assert task.cancelled()


async def test_who_is_cancelled_while_stopping_others_stops_them_all_the_same() -> None:
    task = asyncio.create_task(deaf(3))
    await asyncio.sleep(0)
    stopping = asyncio.create_task(stop([task]))
    await asyncio.sleep(0)
    await stop([stopping])
    assert task.cancelled()
    assert stopping.cancelled()
