"""The interpreter's search for garbage cycles, in portions so small that nobody waits for it.

By itself it looks at all that lives, now and then: with ten thousand streams that takes 40 ms, in which nobody
is served. So what survives one look is not looked at again: nearly all of it is streams, which leave no cycles
behind. What does is found by a thorough search, which is due only when much more was made than went away.
"""

import asyncio
import gc
from typing import Any

#: New objects after which those are searched: 5 000 take 1 to 2 ms. By itself the interpreter does it after 700,
#: which a few dozen requests under way exceed, for ever finding nothing.
PORTION_OBJECTS = 5_000
#: A thorough search comes after so many portions: a million objects that stayed, or were lost in cycles.
PORTIONS = 200
#: For the older generations: never.
NEVER = 1_000_000_000


class Garbage:
    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._portions = 0

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """What is here by now stays for good; what comes is searched. Thorough searches run in this loop."""
        self._loop = loop
        self.search_all()
        gc.set_threshold(PORTION_OBJECTS, NEVER, NEVER)
        gc.enable()
        gc.callbacks.append(self._searched)

    def end(self) -> None:
        """The loop is about to close. Does nothing where nothing has begun."""
        if self._loop is not None:
            gc.callbacks.remove(self._searched)
            self._loop = None

    def search_all(self) -> None:
        self._portions = 0
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def _searched(self, phase: str, _: dict[str, Any]) -> None:
        """May be called in any thread, and in the middle of anything."""
        if phase != "stop":
            return
        gc.freeze()
        self._portions += 1
        if self._portions == PORTIONS and self._loop is not None:
            self._loop.call_soon_threadsafe(self.search_all)
