"""Background tasks: kept up while they are wanted, ended for certain when not."""

import asyncio
import os
import time
from collections.abc import Callable, Collection, Coroutine
from typing import Any

import structlog

_log = structlog.get_logger()

#: How long a cancelled task may take before it is cancelled again: seconds.
CANCEL_SECONDS = 0.25
#: Multiples of it lie everywhere between whole numbers, and far from each other.
GOLDEN = 0.6180339887
#: Pause before background work that failed is begun again: seconds.
AGAIN_SECONDS = 1.0


def until_beat(seconds: float) -> float:
    """How long it is to the next of the moments, so many seconds apart, at which this process does what it does
    regularly: an idle processor takes longer to wake up than most of that takes. Other processes have others.
    """
    return seconds - (time.monotonic() + os.getpid() * GOLDEN) % seconds


async def keep_up(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Background work that fails is logged and begun again: a process without it would look well and be dead."""
    while True:
        try:
            await work()
        except Exception:
            _log.exception("background work failed", work=name)
        await asyncio.sleep(AGAIN_SECONDS)


async def stop(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel until it is heard: Python 3.11's `wait_for`, which drivers use, may swallow a cancellation.

    What the tasks raised is not looked at: whoever ran them has logged it. Who is cancelled while waiting here
    raises that afterwards: a task that nobody stops any more would keep its program from ending.
    """
    pending, is_cancelled = set(tasks), False
    while pending:
        for task in pending:
            task.cancel()
        try:
            _, pending = await asyncio.wait(pending, timeout=CANCEL_SECONDS)
        except asyncio.CancelledError:
            is_cancelled = True
            pending = {task for task in pending if not task.done()}
    if is_cancelled:
        raise asyncio.CancelledError
