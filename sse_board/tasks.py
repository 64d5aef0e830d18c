"""Ending background tasks for certain."""

import asyncio
from collections.abc import Collection
from typing import Any

#: How long a cancelled task may take before it is cancelled again: seconds.
CANCEL_SECONDS = 0.25


async def stop(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel until it is heard: Python 3.11's `wait_for`, which drivers use, may swallow a cancellation.

    What the tasks raised is not looked at: whoever ran them has logged it.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_SECONDS)
