"""What runs in the background ends when it is told to, whatever it makes of it."""

import asyncio
import contextlib
import time

from sse_board.tasks import stop, until_beat


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


async def test_regular_things_of_all_paces_meet_at_the_slowest_beat() -> None:
    began = time.monotonic()
    to_half, to_whole = until_beat(0.5), until_beat(1.0)
    steps = (to_whole - to_half) / 0.5
    assert abs(steps - round(steps)) < 0.1 + (time.monotonic() - began) * 2
    assert 0 < to_half <= 0.5
    assert 0 < to_whole <= 1
