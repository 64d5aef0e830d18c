"""Stores that tests may do anything to: nobody else uses them."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from sse_board.stores.server import Server
from tests.support.processes import descendants
from tests.support.servers import Runner, StoreHouse, Stores


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreHouse]:
    """A PostgreSQL and a Valkey for this module alone."""
    house = StoreHouse(tmp_path_factory.mktemp("frail"))
    house.open()
    yield house
    house.close()


@pytest.fixture
def frail_stores(frail: StoreHouse, runner: Runner) -> Iterator[Stores]:
    """A database and a Redis there; both servers must be well again when the test ends."""
    stores = frail.fresh()
    yield stores
    heal(frail)
    runner.close(stores)
    frail.drop(stores)


@pytest.fixture
def freeze() -> Iterator[Callable[[Server], Callable[[], None]]]:
    """`thaw = freeze(server)`: all its processes stop, as on a machine that hangs, until `thaw` or the end."""
    thaws: list[Callable[[], None]] = []

    def freeze(server: Server) -> Callable[[], None]:
        assert server.process is not None
        pids = [server.process.pid, *descendants(server.process.pid)]
        tell(pids, signal.SIGSTOP)
        thaws.append(lambda: tell(pids, signal.SIGCONT))
        return thaws[-1]

    yield freeze
    for thaw in thaws:
        thaw()


def heal(house: StoreHouse) -> None:
    """Start again what a test that failed left behind dead."""
    for server in (house.pair.postgres, house.pair.valkey):
        if server.process is None or server.process.poll() is not None:
            server.start()
            server.wait_until_ready()


def tell(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
