"""Waiting until a fan-out has told everything."""

import asyncio

from sse_board.live.delivery.fanout import Fanout, barrier


async def all_told(jobs: Fanout) -> None:
    """Until all that was put in was told."""
    ends = asyncio.Semaphore(0)
    jobs.tell_log(barrier(ends.release))
    jobs.tell_state(barrier(ends.release))
    for _ in range(2):
        await ends.acquire()
