"""Two web processes on the same stores, shared by all tests of this folder that need nothing special of them."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache

import pytest
import pytest_asyncio

from tests.support.clients import Api, Player
from tests.support.portable import PROGRAM
from tests.support.servers import Runner, StoreHouse, Stores, WebServer

#: Tests send more than people do.
PLENTY = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000, "RATE_LIMIT_IP_PER_MINUTE": 1_000_000}


@dataclass(frozen=True, slots=True)
class Pair:
    """`stores`, and two processes that serve them."""

    stores: Stores
    first: WebServer
    second: WebServer

    @property
    def servers(self) -> tuple[WebServer, WebServer]:
        return self.first, self.second


#: The program of each way that streams and sockets are served: the hub writes, or only the server does.
PROGRAMS = {"adopted": "sse_board", "portable": PROGRAM}
#: Tests of what streams and sockets promise, made both ways.
BOTH_WAYS = ("deltas", "endings", "resuming", "slow_readers", "sockets", "stream_facts")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".test_")[2] in BOTH_WAYS and "way" in metafunc.fixturenames:
        metafunc.parametrize("way", PROGRAMS, indirect=True, scope="package")


@pytest.fixture(scope="package")
def way(request: pytest.FixtureRequest) -> str:
    """How streams are served; the product's own way, where the test does not want both."""
    return str(getattr(request, "param", "adopted"))


@pytest.fixture(scope="package")
def pairs(store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Pair]]:
    """The pair of each way, started when a test first wants it: tests of both ways take turns."""
    with ExitStack() as running:

        @cache
        def pair_of(way: str) -> Pair:
            logs = tmp_path_factory.mktemp("pair")
            return running.enter_context(_running(store_house, Runner(logs, PROGRAMS[way])))

        yield pair_of


@contextmanager
def _running(store_house: StoreHouse, runner: Runner) -> Iterator[Pair]:
    stores = store_house.fresh()
    yield Pair(stores, *runner.serve_two(stores, HEARTBEAT_SECONDS=1, BOARD_TICK_MS=20, **PLENTY))
    runner.close()
    store_house.drop(stores)


@pytest.fixture(scope="package")
def pair(pairs: Callable[[str], Pair], way: str) -> Pair:
    return pairs(way)


@pytest.fixture(scope="module")
def serve_alike(tmp_path_factory: pytest.TempPathFactory, way: str) -> Iterator[Callable[..., WebServer]]:
    """`serve`, but in this way."""
    runner = Runner(tmp_path_factory.mktemp("alike"), PROGRAMS[way])
    yield runner.serve
    runner.close()


@pytest_asyncio.fixture(scope="package")
async def api(pair: Pair) -> AsyncIterator[Api]:
    """The first process."""
    async with Api(pair.first.url) as api:
        yield api


@pytest_asyncio.fixture(scope="package")
async def other(pair: Pair) -> AsyncIterator[Api]:
    """The second process."""
    async with Api(pair.second.url) as api:
        yield api


@pytest_asyncio.fixture(scope="package")
async def admin(api: Api, pair: Pair) -> Player:
    return await api.admin(pair.stores)
