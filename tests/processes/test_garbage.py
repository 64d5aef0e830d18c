"""What lives for long is not searched for garbage again and again; what is lost in cycles is still found."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

from sse_board.processes.garbage import PORTION_OBJECTS, PORTIONS, Garbage


class Knot:
    """Refers to itself: only a search finds out that nobody else does."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def searched() -> Iterator[list[int]]:
    """The generations that were searched; the interpreter is put back afterwards."""
    before, generations = gc.get_threshold(), list[int]()

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop":
            generations.append(info["generation"])

    gc.callbacks.append(note)
    yield generations
    gc.callbacks.remove(note)
    gc.set_threshold(*before)
    gc.unfreeze()


def in_a_loop(story: Callable[[Garbage], None]) -> None:
    """`story` while searching goes in portions, and then whatever the loop has been asked to do."""

    async def tell() -> None:
        garbage = Garbage()
        garbage.begin(asyncio.get_running_loop())
        story(garbage)
        await asyncio.sleep(0)
        garbage.end()

    asyncio.run(tell())


@pytest.mark.usefixtures("searched")
def test_what_was_not_searched_while_the_process_started_is_searched_from_then_on() -> None:
    seen: list[bool] = []
    gc.disable()
    in_a_loop(lambda _: seen.append(gc.isenabled()))
    assert seen == [True]


def test_a_search_is_of_new_objects_only(searched: list[int]) -> None:
    kept: list[list[int]] = []

    def story(_: Garbage) -> None:
        searched.clear()
        kept.extend([] for _ in range(5 * PORTION_OBJECTS))

    in_a_loop(story)
    assert searched == [0] * 5


def test_what_survived_a_search_is_out_of_the_next(searched: list[int]) -> None:
    def story(_: Garbage) -> None:
        kept: list[list[int]] = [[] for _ in range(3 * PORTION_OBJECTS + 10)]
        assert len(gc.get_objects()) < PORTION_OBJECTS < len(kept)

    in_a_loop(story)
    assert searched


def test_a_knot_of_new_objects_is_found_by_the_next_search(searched: list[int]) -> None:
    def story(_: Garbage) -> None:
        knot = weakref.ref(Knot())
        kept: list[list[int]] = [[] for _ in range(PORTION_OBJECTS + 10)]
        assert kept
        assert knot() is None

    in_a_loop(story)
    assert searched


def test_a_knot_of_old_objects_is_found_after_so_many_portions(searched: list[int]) -> None:
    found: list[weakref.ref[Knot]] = []

    def story(__: Garbage) -> None:
        old = Knot()
        gc.collect(0)
        found.append(weakref.ref(old))
        del old
        for _ in range(PORTIONS):
            gc.collect(0)

    in_a_loop(story)
    assert found[0]() is None


def test_between_thorough_searches_an_old_knot_stays(searched: list[int]) -> None:
    def story(_: Garbage) -> None:
        old = Knot()
        gc.collect(0)
        knot = weakref.ref(old)
        del old
        gc.collect(0)
        assert knot() is not None

    in_a_loop(story)
    assert searched
