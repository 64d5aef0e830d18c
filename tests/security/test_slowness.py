"""Requests that come too slowly, or never whole."""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx
import pytest

from sse_board import ROOT
from sse_board.processes.listening import listen
from sse_board.stores.child import spawn
from tests.security.heads import BOARDS, CHUNKED, HOST, LOGIN, STREAM, UPGRADE
from tests.support.processes import eventually
from tests.support.servers import Stores, clean_environment, is_ready
from tests.support.wire import connect, read_answer

#: Of the server below: seconds.
HEAD_SECONDS, BODY_SECONDS = 0.6, 0.9
#: How much later than promised a busy machine may be: seconds.
LATE_SECONDS = 2.0
#: Far more connections than a browser opens.
SILENT_CONNECTIONS = 200


@pytest.fixture(scope="module")
def impatient(den: Stores) -> Iterator[str]:
    """The address of a web process that gives requests less time, so that tests need not wait for it."""
    (listener,) = listen("127.0.0.1", 0, 1)
    script = (
        "from sse_board.processes import web, wire; "
        f"wire.HEAD_SECONDS, wire.BODY_SECONDS = {HEAD_SECONDS}, {BODY_SECONDS}; web.main()"
    )
    settings = {**clean_environment(), **den.environment, "RATE_LIMIT_IP_PER_MINUTE": "100000"}
    process = spawn(
        [sys.executable, "-c", script, str(listener.fileno())],
        death=signal.SIGKILL,
        directory=ROOT,
        environment={**settings, "DRAIN_SECONDS": "2"},
        descriptors=[listener.fileno()],
    )
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    eventually(lambda: is_ready(url), 30)
    yield url
    process.terminate()
    assert process.wait(10) == 0
    listener.close()


def drip(url: str, start: bytes, drop: bytes) -> tuple[float, bytes]:
    """Sends `drop` again and again; the seconds until the server hangs up, and what it said."""
    with connect(url) as connection:
        connection.sendall(start)
        connection.settimeout(0.05)
        began, said = time.monotonic(), b""
        while time.monotonic() - began < HEAD_SECONDS + BODY_SECONDS + LATE_SECONDS:
            try:
                if drop:
                    connection.sendall(drop)
                piece = connection.recv(65_536)
                said += piece
                if not piece:
                    return time.monotonic() - began, said
            except TimeoutError:
                continue
            except ConnectionError:
                return time.monotonic() - began, said
    raise AssertionError(f"still open after {time.monotonic() - began} s, heard {said!r}")


class Slow(NamedTuple):
    """How it begins, what is dripped, after how many seconds it is over, and whether with an answer."""

    start: bytes
    drop: bytes
    seconds: float
    answered: bool


SLOW = {
    "nothing": Slow(b"", b"", HEAD_SECONDS, False),
    "empty lines": Slow(b"", b"\r\n", HEAD_SECONDS, False),
    "a header": Slow(BOARDS + b"X-Slow: ", b"x", HEAD_SECONDS, True),
    "headers": Slow(BOARDS, b"X: y\r\n", HEAD_SECONDS, True),
    "half a handshake of TLS": Slow(b"\x16\x03", b"", 0.0, True),
    "a body": Slow(LOGIN + b"Content-Length: 500\r\n\r\n{", b" ", BODY_SECONDS, True),
    "chunks": Slow(LOGIN + CHUNKED, b"1\r\n \r\n", BODY_SECONDS, True),
    "a body that never comes": Slow(LOGIN + b"Content-Length: 500\r\n\r\n", b"", BODY_SECONDS, True),
    "a body that nobody reads": Slow(
        b"GET /livez HTTP/1.1\r\n" + HOST + CHUNKED, b"1\r\n \r\n", BODY_SECONDS, False
    ),
    "empty lines after an answer": Slow(BOARDS + b"\r\n", b"\r\n", HEAD_SECONDS, False),
    "a handshake with a body": Slow(UPGRADE + b"Content-Length: 2\r\n\r\n{}", b"", 0.0, True),
    "a handshake with many headers": Slow(UPGRADE + b"X: y\r\n" * 200 + b"\r\n", b"", 0.0, True),
}


def test_who_takes_too_long_is_hung_up_on(impatient: str) -> None:
    """All at the same time, as they all only wait."""
    with ThreadPoolExecutor(len(SLOW)) as threads:
        ends = {name: threads.submit(drip, impatient, slow.start, slow.drop) for name, slow in SLOW.items()}
    for name, slow in SLOW.items():
        lasted, said = ends[name].result()
        assert slow.seconds * 0.9 <= lasted <= slow.seconds + LATE_SECONDS, name
        assert (b"400 Bad Request" in said) == slow.answered, name


def test_connections_that_say_nothing_are_closed_and_others_served_meanwhile(impatient: str) -> None:
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(connect(impatient)) for _ in range(SILENT_CONNECTIONS)]
        assert httpx.get(f"{impatient}/livez").status_code == 200
        for connection in silent:
            connection.settimeout(HEAD_SECONDS + LATE_SECONDS)
            assert connection.recv(1) == b""


def test_streams_and_waiting_polls_are_not_hung_up_on(impatient: str) -> None:
    """They are requests that have come whole; only answers take their time."""
    with connect(impatient) as stream, connect(impatient) as poll:
        stream.sendall(STREAM)
        poll.sendall(b"GET /api/v1/events?channels=system&wait=2 HTTP/1.1\r\n" + HOST + b"\r\n")
        assert read_answer(poll).status_code == 200
        heard = b""
        while b"leaderboard.update" not in heard:
            heard += stream.recv(65_536)
        stream.settimeout(0.1)
        with pytest.raises(TimeoutError):
            stream.recv(1)
