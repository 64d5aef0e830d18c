"""Many questions, few calls."""

import asyncio
from collections.abc import Sequence

import pytest

from sse_board.errors import Unavailable
from sse_board.gathering import TOGETHER, WAITING_LIMIT, Gathered


class Store:
    """Doubles numbers, once it is let; refuses calls that hold a -13."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.called, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def ask(self, questions: Sequence[int]) -> list[int]:
        self.calls.append(list(questions))
        self.called.set()
        await self.open.wait()
        if -13 in questions:
            raise Unavailable("thirteen")
        return [2 * question for question in questions]


async def test_what_is_asked_in_one_turn_is_one_call_and_keeps_its_order() -> None:
    store = Store()
    gathered = Gathered(store.ask)
    assert await asyncio.gather(*map(gathered, (3, 1, 3))) == [6, 2, 6]
    assert store.calls == [[3, 1, 3]]


async def test_who_comes_during_a_call_is_of_the_next() -> None:
    store = Store()
    store.open.clear()
    gathered = Gathered(store.ask)
    first = gathered(1)
    await store.called.wait()
    others = [gathered(number) for number in range(2, 5 + TOGETHER)]
    store.open.set()
    assert await asyncio.gather(first, *others) == [2 * number for number in range(1, 5 + TOGETHER)]
    assert [len(call) for call in store.calls] == [1, TOGETHER, 3]


async def test_a_call_that_fails_fails_for_those_in_it_alone() -> None:
    store = Store()
    gathered = Gathered(store.ask)
    bad = await asyncio.gather(gathered(12), gathered(-13), return_exceptions=True)
    assert [type(one) for one in bad] == [Unavailable, Unavailable]
    assert await gathered(14) == 28


async def test_who_leaves_takes_nobody_along() -> None:
    gathered = Gathered(Store().ask)
    leaving, staying = gathered(1), gathered(2)
    leaving.cancel()
    assert await staying == 4


async def test_too_many_are_told_at_once() -> None:
    store = Store()
    gathered = Gathered(store.ask)
    waiting = [gathered(number) for number in range(100, 100 + WAITING_LIMIT)]
    with pytest.raises(Unavailable):
        gathered(1)
    await asyncio.gather(*waiting)
