"""Real servers for tests: databases on one embedded pair, and `sse-board` processes on them."""

import contextlib
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from sse_board import ROOT
from sse_board.settings import settings_table
from sse_board.stores.child import spawn
from sse_board.stores.embedded import Embedded
from sse_board.stores.migrations import migrate

#: Seconds until a server process must be ready: imports take one, a busy machine several.
READY_SECONDS = 30.0
#: Seconds beyond the drain time after which a server that was told to stop is a failed test.
STOP_SECONDS = 10.0
#: Short, so that stopping costs a test little; the product's default is 8.
DRAIN_SECONDS = 2
#: Logical databases that Valkey has by default.
REDIS_DATABASES = 16
#: Characters of a log that a failure shows.
LOG_TAIL = 4_000

TEMPLATE = "migrated"
#: What programs of ours find before what is installed.
LEAN = Path(__file__).parent / "lean"


@dataclass(frozen=True, slots=True)
class Stores:
    """A database and a Redis of one's own, empty but for the migrations."""

    database_url: str
    redis_url: str
    environment: Mapping[str, str]


class StoreHouse:
    """One embedded pair, and as many fresh databases on it as tests ask for."""

    def __init__(self, data: Path) -> None:
        self.pair = Embedded(data)
        self._numbers = itertools.count(1)
        self._free = list(range(1, REDIS_DATABASES))

    def open(self) -> None:
        self.pair.start()
        self._trust_the_kernel()
        self._create(TEMPLATE, "template0")
        migrate(self.pair.database_url(TEMPLATE))

    def close(self) -> None:
        self.pair.stop()

    def fresh(self) -> Stores:
        """A migrated database nobody has used, and a flushed logical Redis; give them back with `drop`.

        Redis channels know no logical databases: hints of one are heard in all.
        """
        assert self._free, f"{REDIS_DATABASES - 1} are in use: drop what is not needed any more"
        name = f"test_{next(self._numbers)}"
        self._create(name, TEMPLATE)
        redis_url = self.pair.redis_url(self._free.pop(0))
        with contextlib.closing(redis.Redis.from_url(redis_url)) as client:
            client.flushdb()
        urls = {"DATABASE_URL": self.pair.database_url(name), "REDIS_URL": redis_url}
        return Stores(urls["DATABASE_URL"], redis_url, {**self.pair.environment(), **urls})

    def drop(self, stores: Stores) -> None:
        """For when nothing uses them any more, killed programs included."""
        name = psycopg.conninfo.conninfo_to_dict(stores.database_url)["dbname"]
        self._execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(str(name))))
        self._free.append(int(stores.redis_url.rpartition("=")[2]))

    def _trust_the_kernel(self) -> None:
        """No waiting for the disk: it is processes that are killed here, never the machine."""
        self._execute(sql.SQL("alter system set fsync = off"))
        self._execute(sql.SQL("select pg_reload_conf()"))

    def _create(self, name: str, template: str) -> None:
        query = sql.SQL("create database {} template {} strategy file_copy")
        self._execute(query.format(sql.Identifier(name), sql.Identifier(template)))

    def _execute(self, query: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.pair.database_url(), autocommit=True) as connection:
            connection.execute(query)


class Program:
    """A running `python -m sse_board …`, or another module that is as good, its log in a file."""

    def __init__(
        self, arguments: list[str], environment: Mapping[str, str], log: Path, module: str = "sse_board"
    ) -> None:
        self.log = log
        self._told = False
        self._drain = float(environment.get("DRAIN_SECONDS", DRAIN_SECONDS))
        with log.open("wb") as output:
            self.process = spawn(
                [sys.executable, "-m", module, *arguments],
                death=signal.SIGKILL,
                directory=ROOT,
                environment=environment,
                output=output,
            )

    def log_text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def running(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        """SIGTERM, once: a second one would mean "at once"."""
        if self.running() and not self._told:
            self._told = True
            self.process.terminate()

    def stop(self) -> None:
        """Told to end; fails the test when it does not in time, cleanly, or logged a traceback."""
        self.end()
        try:
            status = self.process.wait(self._drain + STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop in time:\n{self.tail()}") from None
        assert status == 0, f"ended with {status}:\n{self.tail()}"
        assert "Traceback" not in self.log_text(), f"logged a traceback:\n{self.tail()}"

    def kill(self) -> None:
        """SIGKILL: what a crash looks like. It is not looked at again."""
        self.process.kill()
        self.process.wait()

    def tail(self) -> str:
        return self.log_text()[-LOG_TAIL:]


class WebServer(Program):
    """`sse-board serve` on a port of its own."""

    def __init__(
        self, environment: Mapping[str, str], log: Path, *, workers: int, port: int, module: str = "sse_board"
    ) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        super().__init__(["serve", "--port", str(port), "--workers", str(workers)], environment, log, module)

    @property
    def metrics_url(self) -> str:
        """Of the first process, where METRICS_PORT is set."""
        found = re.search(r"^metrics on (\S+)/metrics$", self.log_text(), re.MULTILINE)
        assert found, self.tail()
        return found[1]

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready(self.url):
            if not self.running() or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"{self.url} did not become ready:\n{self.tail()}")
            time.sleep(0.05)


def is_ready(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_ports(count: int) -> int:
    """The first of so many free ports in a row."""
    while True:
        first = free_port()
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError, OverflowError):
            for port in range(first, first + count):
                probes.enter_context(socket.create_server(("127.0.0.1", port)))
            return first


def clean_environment() -> dict[str, str]:
    """This process's environment without any setting of ours, so that a developer's shell changes no test, and
    without what only developers install."""
    ours = {variable for variable, _, _ in settings_table()}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "PYTHONPATH": str(LEAN)}


class Runner:
    """Starts programs for tests and stops them all at the end."""

    def __init__(self, logs: Path, module: str = "sse_board") -> None:
        """`module`: what the web servers run."""
        self._logs = logs
        self._module = module
        self._running: list[tuple[Stores, Program]] = []
        self._numbers = itertools.count(1)

    def serve(
        self, stores: Stores, *, workers: int = 1, port: int = 0, ready: bool = True, **settings: object
    ) -> WebServer:
        """A web server on these stores; `settings` are environment variables by name."""
        log = self._log("serve")
        environment, port = _environment(stores, settings), port or free_port()
        server = WebServer(environment, log, workers=workers, port=port, module=self._module)
        self._running.append((stores, server))
        if ready:
            server.wait_until_ready()
        return server

    def serve_two(self, stores: Stores, **settings: object) -> tuple[WebServer, WebServer]:
        """Two web servers on the same stores, started together."""
        first, second = (self.serve(stores, workers=1, port=0, ready=False, **settings) for _ in range(2))
        first.wait_until_ready()
        second.wait_until_ready()
        return first, second

    def work(self, stores: Stores, **settings: object) -> Program:
        """The worker on these stores; it is not waited for."""
        worker = Program(["worker"], _environment(stores, settings), self._log("worker"))
        self._running.append((stores, worker))
        return worker

    def close(self, stores: Stores | None = None) -> None:
        """Stop what was not killed, or only what runs on `stores`; raises all their failures together."""
        ending = [(used, program) for used, program in self._running if stores in (None, used)]
        self._running = [pair for pair in self._running if pair not in ending]
        programs = [program for _, program in reversed(ending)]
        for program in programs:  # all at once: each takes its time
            program.end()
        failures = list(_failures(programs))
        assert not failures, "\n\n".join(failures)

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}-{next(self._numbers)}.log"


@contextlib.contextmanager
def lent(house: StoreHouse, logs: Path) -> Iterator[tuple[Stores, Runner]]:
    """Stores, and programs on them, for all tests of a folder."""
    stores, runner = house.fresh(), Runner(logs)
    yield stores, runner
    runner.close()
    house.drop(stores)


def _failures(programs: Iterable[Program]) -> Iterator[str]:
    for program in programs:
        if program.process.returncode == -signal.SIGKILL:
            continue
        try:
            program.stop()
        except AssertionError as failure:
            yield f"{program.log.name}: {failure}"


def _environment(stores: Stores, settings: Mapping[str, object]) -> dict[str, str]:
    chosen = {name: str(value) for name, value in settings.items()}
    return {
        **clean_environment(),
        "DRAIN_SECONDS": str(DRAIN_SECONDS),
        **stores.environment,
        **chosen,
    }
