"""Fixtures that every room's tests share; none is asynchronous, so all kinds of tests may use them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.programs import Followed
from tests.support.servers import Program, Runner, StoreHouse, Stores, WebServer

#: Files of long tests, longest first. They are begun first, else one process would be left with the last of them
#: when the other has nothing more to do.
LONGEST = (
    "web/test_conformance.py",
    "browser/test_pages.py",
    "browser/test_faults.py",
    "bench/test_writes.py",
    "test_readme.py",
    "soak/test_tournament.py",
    "bench/test_fanout.py",
    "contest/test_icpc_world_finals.py",
    "security/test_key_rotation.py",
    "soak/test_back_at_once.py",
    "soak/test_coming_and_going.py",
    "boards/test_interleavings.py",
    "admin/test_watching.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def store_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreHouse]:
    """One PostgreSQL and one Valkey for the whole run."""
    house = StoreHouse(tmp_path_factory.mktemp("stores"))
    house.open()
    yield house
    house.close()


@pytest.fixture(scope="module")
def stores(store_house: StoreHouse, runner: Runner) -> Iterator[Stores]:
    """A migrated database and an empty Redis for this module."""
    yield from _lent(store_house, runner)


@pytest.fixture
def own_stores(store_house: StoreHouse, runner: Runner) -> Iterator[Stores]:
    """A migrated database and an empty Redis for this one test; what runs on them ends with it."""
    yield from _lent(store_house, runner)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Programs that run until the end of the module, or until a test stops them."""
    runner = Runner(tmp_path_factory.mktemp("logs"))
    yield runner
    runner.close()


@pytest.fixture(scope="module")
def serve(runner: Runner) -> Callable[..., WebServer]:
    """`serve(stores, workers=1, STREAM_LIMIT=3)`: a real `sse-board serve`, ready when this returns."""
    return runner.serve


@pytest.fixture(scope="module")
def work(runner: Runner) -> Callable[..., Program]:
    """`work(stores)`: a real `sse-board worker`."""
    return runner.work


@pytest.fixture
def follow() -> Iterator[Callable[..., Followed]]:
    """`follow("curl", "-N", url)`: a program whose output is read as it comes, killed at the end."""
    running: list[Followed] = []

    def start(*command: str | Path, **options: Any) -> Followed:
        running.append(Followed(*command, **options))
        return running[-1]

    yield start
    for one in running:
        one.end()


def _lent(store_house: StoreHouse, runner: Runner) -> Iterator[Stores]:
    stores = store_house.fresh()
    try:
        yield stores
        runner.close(stores)
    finally:
        store_house.drop(stores)
