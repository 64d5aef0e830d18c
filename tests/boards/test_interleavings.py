"""Whatever happens in whatever order: Redis may be behind, but it is never wrong, and soon it is level.

The suite has time for a few stories, and none to make one that fails shorter. For that, and for more of them,
`INTERLEAVINGS=1000 pytest -o faulthandler_timeout=0 tests/boards/test_interleavings.py` takes about a second for
each; `--hypothesis-seed=N` tells others.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from sse_board.boards.board import Ties
from tests.boards.interleaved import ALL, FED, PLAYERS, SLUGS, World
from tests.support.servers import Stores

#: Stories that the suite has time for.
STORIES = int(os.environ.get("INTERLEAVINGS", "12"))
#: Shortening takes minutes, and nothing in the suite may.
PHASES = set(Phase) if "INTERLEAVINGS" in os.environ else set(Phase) - {Phase.shrink, Phase.explain}
#: Things that happen in one.
STEPS = 40
#: Nothing that happens takes this long: seconds.
DEADLINE_SECONDS = 30.0

T = TypeVar("T")

PROCESS = st.integers(0, 1)
ANY = st.integers(0, 30)
SLUG = st.sampled_from(SLUGS)
SURVIVES = st.sampled_from([True, False])
#: Few values, so that many are equal.
ACTION = st.tuples(st.sampled_from(PLAYERS), st.just("all") | st.sampled_from(list(FED)), st.integers(-1, 2))


class Loop:
    """Runs all the time, as in a service: what has a deadline there must not miss it while stories are made up."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE_SECONDS)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Story(RuleBasedStateMachine):
    def __init__(self, loop: Loop, world: World) -> None:
        super().__init__()
        self._loop, self.world = loop, world
        self._well = True
        self._run(world.begin())

    def _run(self, work: Coroutine[Any, Any, object]) -> None:
        """What must hold is looked at behind everything that happens."""
        try:
            self._loop.run(self._checked(work))
        except BaseException:
            self._well = False
            raise

    async def _checked(self, work: Coroutine[Any, Any, object]) -> None:
        await work
        await self.world.check()

    @rule(process=PROCESS, batch=st.lists(ACTION, min_size=1, max_size=4), folds=st.booleans())
    def commit(self, process: int, batch: list[tuple[str, str, int]], folds: bool) -> None:
        self._run(self.world.commit(self.world.processes[process], batch, folds))

    @precondition(lambda self: any(process.behind for process in self.world.processes))
    @rule(which=ANY, again=st.booleans())
    def fold(self, which: int, again: bool) -> None:
        """One commit of any process, maybe not for the last time; what is never folded, a crash has taken."""
        waiting = [(process, commit) for process in self.world.processes for commit in process.behind]
        process, commit = waiting[which % len(waiting)]
        if not again:
            process.behind.remove(commit)
        self._run(self.world.fold(process, commit))

    @precondition(lambda self: any(process.behind for process in self.world.processes))
    @rule()
    def fold_all(self) -> None:
        for process in self.world.processes:
            while process.behind:
                self._run(self.world.fold(process, process.behind.pop(0)))

    @rule(process=PROCESS, slug=SLUG)
    def catch_up(self, process: int, slug: str) -> None:
        self._run(self.world.processes[process].repair.catch_up(slug))

    @rule()
    def compare(self) -> None:
        self._run(self.world.worker.compare())

    @rule(process=PROCESS)
    def refresh(self, process: int) -> None:
        self._run(self.world.processes[process].refresh())

    @rule(process=PROCESS, slug=SLUG, lock_expired=st.booleans())
    def begin_rebuild(self, process: int, slug: str, lock_expired: bool) -> None:
        self._run(self.world.begin_rebuild(self.world.processes[process], slug, lock_expired))

    @precondition(lambda self: self.world.rebuilds)
    @rule(which=ANY, steps=st.sampled_from([1, 2, ALL]))
    def go_on_rebuilding(self, which: int, steps: int) -> None:
        self._run(self.world.go_on(which, steps))

    @rule()
    def flush(self) -> None:
        self._run(self.world.flush())

    @rule()
    def remember(self) -> None:
        self._run(self.world.remember())

    @precondition(lambda self: self.world.lost is not None)
    @rule()
    def lose_the_last_second(self) -> None:
        self._run(self.world.lose())

    @precondition(lambda self: self.world.ledger.log)
    @rule(process=PROCESS, which=st.integers(1, 6), survives=SURVIVES)
    def void(self, process: int, which: int, survives: bool) -> None:
        """One of the last actions: they gave most of the present scores."""
        log = self.world.ledger.log
        self._run(self.world.void(self.world.processes[process], log[-min(which, len(log))], survives))

    @rule(
        process=PROCESS,
        player=st.sampled_from(PLAYERS),
        picture=st.none() | st.just("/p.png"),
        survives=SURVIVES,
    )
    def change_profile(self, process: int, player: str, picture: str | None, survives: bool) -> None:
        self._run(self.world.change_profile(self.world.processes[process], player, picture, survives))

    @rule(process=PROCESS, slug=SLUG, ties=st.sampled_from(["first", "shared"]))
    def change_ties(self, process: int, slug: str, ties: Ties) -> None:
        self._run(self.world.change_ties(self.world.processes[process], slug, ties))

    def teardown(self) -> None:
        try:
            if self._well:
                self._loop.run(self.world.settle())
        finally:
            self._loop.run(self.world.end())


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def world(loop: Loop, own_stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Boards are small, and so is what counts as large: copies come in pieces, and gaps are too wide to fold."""
    monkeypatch.setattr("sse_board.boards.repair.FOLD_LIMIT_ROWS", 3)
    monkeypatch.setattr("sse_board.boards.copying.FOLD_LIMIT_ROWS", 3)
    monkeypatch.setattr("sse_board.boards.copying.CHUNK_ROWS", 1)
    world = World(own_stores)
    loop.run(world.open())
    yield world
    loop.run(world.close())


def test_redis_is_never_wrong_and_ends_level(loop: Loop, world: World) -> None:
    class Told(Story):
        def __init__(self) -> None:
            super().__init__(loop, world)

    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=PHASES,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
