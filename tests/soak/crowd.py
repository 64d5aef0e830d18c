"""Thousands of readers of one server, and what is true of all of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from random import Random

from tests.soak.reader import Heard, Reader
from tests.support.clients import PATIENCE, Api, eventually
from tests.support.replica import State, state_of

#: Readers that come at once while a crowd gathers, which is not what is looked at.
AT_ONCE = 100
#: How often it is looked whether all are level: seconds.
LOOK_SECONDS = 0.05


class Crowd:
    """Readers gather before the first announcement that they shall hear: without a cursor nothing is missed."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.readers: list[Reader] = []
        self._following: list[asyncio.Task[None]] = []

    async def gather(self, count: int) -> None:
        while len(self.readers) < count:
            newcomers = [Reader(self.heard) for _ in range(min(AT_ONCE, count - len(self.readers)))]
            self.readers += newcomers
            self._following += [asyncio.create_task(reader.follow()) for reader in newcomers]
            await eventually(lambda: all(reader.is_level for reader in newcomers))  # noqa: B023
        self.check()

    async def leave(self) -> None:
        for task in self._following:
            task.cancel()
        await asyncio.wait(self._following)

    def check(self) -> None:
        faults = self.heard.faults
        assert not faults, f"{len(faults)} faults, among them {faults[:5]}"

    async def until_level(self, api: Api, seconds: float = PATIENCE) -> None:
        """Until everybody has every announcement, and boards as REST has them; nobody may be writing."""
        boards = await self._boards(api)

        def behind() -> int:
            last = self.heard.numbers.told
            return sum(reader.heard < last or not reader.shows(boards) for reader in self.readers)

        try:
            await eventually(lambda: behind() == 0, seconds, every=LOOK_SECONDS)
        except AssertionError:
            raise AssertionError(f"{behind()} are not level after {seconds} s") from None
        finally:
            self.check()

    async def _boards(self, api: Api) -> dict[str, State]:
        return {slug: state_of(await api.board(slug, self.heard.limit)) for slug in self.heard.slugs}


@contextlib.asynccontextmanager
async def crowd_of(count: int, heard: Heard) -> AsyncIterator[Crowd]:
    crowd = Crowd(heard)
    try:
        await crowd.gather(count)
        yield crowd
    finally:
        await crowd.leave()


async def cut_in_turn(
    readers: Sequence[Reader], dice: Random, *, every: float, away: float, seconds: float
) -> None:
    """Each reader is cut `every` so many seconds, at moments of its own."""
    loop = asyncio.get_running_loop()
    turns, began = dice.sample(readers, len(readers)), loop.time()
    for cut in range(int(seconds / every * len(turns))):
        await asyncio.sleep(began + cut * every / len(turns) - loop.time())
        turns[cut % len(turns)].cut(away)


@contextlib.asynccontextmanager
async def meanwhile(pause: float, *does: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Each of these again and again, with pauses of so many seconds; what was begun is brought to its end."""
    over = asyncio.Event()

    async def repeat(do: Callable[[], Awaitable[object]]) -> None:
        while not over.is_set():
            await do()
            await asyncio.sleep(pause)

    async with asyncio.TaskGroup() as tasks:
        for do in does:
            tasks.create_task(repeat(do))
        try:
            yield
        finally:
            over.set()
