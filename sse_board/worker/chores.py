"""What the active worker does again and again, each chore at its own pace and beside the others."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from redis import RedisError

from sse_board.errors import BoardError

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Chore:
    """`seconds` lie between the end of one time and the beginning of the next."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]


async def repeat(chore: Chore) -> None:
    """Until cancelled. Whatever goes wrong is tried again at the next time."""
    while True:
        await trying(chore.name, chore.work())
        await asyncio.sleep(chore.seconds)


async def trying(name: str, work: Awaitable[object]) -> None:
    """Whatever cannot be done now is done later, and keeps nothing else from being done."""
    try:
        await work
    except (BoardError, RedisError) as error:
        _log.warning("put off", work=name, reason=repr(error))
    except Exception:
        _log.exception("cannot be done", work=name)
