"""Fixtures that every room's tests share; none is asynchronous, so all kinds of tests may use them."""

import gc
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.lanes import PROCESSES, Lanes, lane_of
from tests.support.programs import Followed
from tests.support.servers import Program, Runner, StoreHouse, Stores, WebServer


def pytest_configure() -> None:
    """How long an example takes on a busy machine says nothing about it."""
    settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("suite")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collecting makes tens of thousands of objects that stay: looking for garbage among them takes a second."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _lane(item.path))


@cache
def _lane(path: Path) -> tuple[bool, int]:
    return lane_of(PurePosixPath(path.relative_to(Path(__file__).parent)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lanes | None:
    """Only for as many processes as there are lanes for."""
    return Lanes(config, log) if config.getoption("numprocesses") == PROCESSES else None


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
