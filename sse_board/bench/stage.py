"""What a benchmark runs on: stores in a temporary folder, one web process, players on its boards."""

import asyncio
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from signal import SIGKILL

import psycopg
from psycopg import sql

from sse_board.bench.load import WrongAnswer
from sse_board.bench.usage import cpu_seconds
from sse_board.clock import utc_now
from sse_board.demo.client import Client
from sse_board.demo.transport import Transport, connect
from sse_board.processes.listening import listen, url_of
from sse_board.processes.prepare import prepare
from sse_board.processes.web import allow_many_files
from sse_board.settings import Settings, load_settings
from sse_board.stores.child import spawn
from sse_board.stores.embedded import Embedded
from sse_board.stores.migrations import migrate

HOST = "127.0.0.1"
#: More than a window has rows.
PLAYERS = 12
#: Seconds in which the players must be on the boards: starting takes two, and each password a tenth.
SEED_SECONDS = 60.0
#: Seconds in which the web process must have ended.
STOP_SECONDS = 15.0
#: Requests a minute, and streams of an address, that nobody reaches: what is limited is counted, but must not be
#: what is measured. All else is as it is by default, whatever this shell has set.
UNREACHED = 1_000_000_000
LIMITS = ("RATE_LIMIT_IP_PER_MINUTE", "RATE_LIMIT_ACTIONS_PER_MINUTE", "STREAM_LIMIT_PER_IP")


@dataclass(frozen=True, slots=True)
class Stage:
    """`pids`: of `web`, `postgres` and `valkey`. `token`: the access token of one of the players."""

    url: str
    port: int
    settings: Settings
    pids: Mapping[str, int]
    token: str
    environment: Mapping[str, str]

    def cpu_seconds(self, part: str = "web") -> float:
        """What a part, with the processes that it started, has used of the processors so far."""
        pid = self.pids[part]
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return sum(_cpu_seconds(process) for process in [str(pid), *children])

    def make_database(self, name: str) -> str:
        """The URL of another database with the same tables, on the same server."""
        with psycopg.connect(self.settings.database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        url = psycopg.conninfo.make_conninfo(self.settings.database_url, dbname=name)
        migrate(url)
        return url


def _cpu_seconds(pid: str) -> float:
    try:
        return cpu_seconds(int(pid))
    except OSError:
        return 0.0  # it has ended since it was listed: somebody else's connection


@contextmanager
def stage(program: str) -> Iterator[Stage]:
    """Run the module `program`, which takes the descriptor of a listening socket, on stores of its own.

    All that is started from now on may have as many files open, which streams are, as the web process.
    """
    allow_many_files()
    with tempfile.TemporaryDirectory(prefix="sse-board-bench-") as folder, _stores(Path(folder)) as pair:
        environment = {**pair.environment(), **dict.fromkeys(LIMITS, str(UNREACHED))}
        settings = load_settings(environment)
        prepare(settings)
        (listener,) = listen(HOST, 0, 1)
        url = url_of(listener)
        with running(program, environment, listener, Path(folder, "web.log")) as pid:
            token = asyncio.run(_seed(url, settings))
            yield Stage(url, listener.getsockname()[1], settings, {"web": pid, **_pids(pair)}, token, environment)


def perform(play: Callable[[Stage], int], program: str = "sse_board.processes.web") -> int:
    """Its exit status, on a stage with a web process as in production; 1 when something else was answered."""
    try:
        with stage(program) as here:
            return play(here)
    except (WrongAnswer, OSError, subprocess.SubprocessError) as error:
        print(f"sse-board: {error}")
        return 1


@contextmanager
def worker(here: Stage) -> Iterator[None]:
    """A worker beside the web process, for as long as this lasts."""
    with tempfile.NamedTemporaryFile(prefix="sse-board-worker-", suffix=".log") as output:
        command = [sys.executable, "-m", "sse_board", "worker"]
        process = spawn(command, death=SIGKILL, environment=here.environment, output=output)
        try:
            yield
        finally:
            end(process)


@contextmanager
def _stores(folder: Path) -> Iterator[Embedded]:
    pair = Embedded(folder / "data")
    try:
        pair.start()
        yield pair
    finally:
        pair.stop()


def _pids(pair: Embedded) -> dict[str, int]:
    servers = (pair.postgres, pair.valkey)
    return {server.name: server.process.pid for server in servers if server.process is not None}


@contextmanager
def running(
    program: str, environment: Mapping[str, str] | None, listener: socket.socket, log: Path
) -> Iterator[int]:
    """The pid of the module `program`, which takes the descriptor of the listening socket."""
    with log.open("wb") as output:
        process = spawn(
            [sys.executable, "-m", program, str(listener.fileno())],
            death=SIGKILL,
            environment=environment,
            output=output,
            descriptors=[listener.fileno()],
        )
    try:
        yield process.pid
    finally:
        listener.close()
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _seed(url: str, settings: Settings) -> str:
    """Register players and let each score, some twice; the access token of the last."""
    async with asyncio.timeout(SEED_SECONDS), connect(url) as http:
        transport = Transport(http, Random())  # noqa: S311 - dice for pauses
        await transport.wait_until_ready()
        for number in range(PLAYERS):
            client = Client(transport, f"bench {number}", settings.action_keys, utc_now)
            for _ in range(1 + number % 2):
                await client.act("task_finish", {})
    assert client.grant is not None
    return client.grant.access_token
