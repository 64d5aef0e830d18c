"""Requests that are shaped to be read in two ways, that never end, or that come too slowly."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx
import pytest
from psycopg import Connection

from sse_board import ROOT
from sse_board.processes.listening import listen
from sse_board.processes.wire import FRAMING_LIMIT
from sse_board.stores.child import spawn
from tests.support.clients import Player
from tests.support.processes import eventually
from tests.support.refusals import refusal_of, unchanged
from tests.support.servers import Stores, WebServer, clean_environment, is_ready
from tests.support.wire import connect, exchange, read_answer

#: Of the server below: seconds.
HEAD_SECONDS, BODY_SECONDS = 0.6, 0.9
#: How much later than promised a busy machine may be: seconds.
LATE_SECONDS = 2.0
#: Far more connections than a browser opens.
SILENT_CONNECTIONS = 200

HOST = b"Host: example.org\r\n"
LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
BOARDS = b"GET /api/v1/boards HTTP/1.1\r\n" + HOST
STREAM = b"GET /api/v1/stream?channels=leaderboard:overall HTTP/1.1\r\n" + HOST + b"\r\n"
UPGRADE = (
    b"GET /api/ws HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
#: What a front server that reads the request in another way would pass on as a request of its own.
HIDDEN = b"GET /hidden HTTP/1.1\r\n" + HOST + b"\r\n"

SMUGGLED = {
    "a length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
    "a list of lengths": b"Content-Length: 2, 2\r\n\r\n{}",
    "a length with a sign": b"Content-Length: +2\r\n\r\n{}",
    "a length in hexadecimal": b"Content-Length: 0x2\r\n\r\n{}",
    "a length and a space": b"Content-Length : 2\r\n\r\n{}",
    "chunks and a space": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "an unknown coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks that are not last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two codings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a chunk that ends in LF": CHUNKED + b"2\n{}\r\n0\r\n\r\n",
    "a chunk without an end": CHUNKED + b"2\r\n{}0\r\n\r\n",
    "a space behind a size": CHUNKED + b"2 \r\n{}\r\n0\r\n\r\n",
    "a size in another notation": CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
    "a size beyond all numbers": CHUNKED + b"10000000000000002\r\n{}\r\n0\r\n\r\n",
    "a second host": b"Host: other.example\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("shape", SMUGGLED)
def test_what_could_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read(
    servers: tuple[WebServer, WebServer], database: Connection, shape: str
) -> None:
    with unchanged(database):
        answer = exchange(servers[0].url, LOGIN + SMUGGLED[shape] + HIDDEN, until_closed=True)
    assert refusal_of(answer).kind == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/v1/boards HTTP/1.1\nHost: x\n\n",
        b"GET /api/v1/boards HTTP/1.1\rHost: x\r\r\r\n",
        b"GET /api/v1/boards HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n",
        b"GET /api/v1/boards HTTP/1.1\r\n\r\n",
        b"GET /api/v1/boards\r\n\r\n",
    ],
    ids=["LF", "CR", "LF in between", "no host", "HTTP/0.9"],
)
def test_a_head_that_only_some_would_understand_is_refused(
    servers: tuple[WebServer, WebServer], head: bytes
) -> None:
    assert refusal_of(exchange(servers[0].url, head, until_closed=True)).kind == (400, "INVALID_REQUEST")


def test_trailers_are_no_headers(
    servers: tuple[WebServer, WebServer], player: Player, database: Connection
) -> None:
    """A front server that cleans headers does not look behind the body."""
    trailers = f"Authorization: {player.bearer['Authorization']}\r\nX-Request-ID: trailer\r\n".encode()
    with unchanged(database):
        head = b"POST /api/v1/auth/action-key HTTP/1.1\r\n" + HOST + CHUNKED
        answer = exchange(servers[0].url, head + b"0\r\n" + trailers + b"\r\n")
    assert refusal_of(answer).kind == (401, "UNAUTHORIZED")
    assert answer.headers["x-request-id"] != "trailer"


@pytest.mark.parametrize(
    "endless",
    [b"X-Trailer: x\r\n" * 10_000, b"2;" + b"x" * 140_000],
    ids=["trailers", "extensions of a chunk"],
)
def test_what_stands_around_chunks_has_an_end(servers: tuple[WebServer, WebServer], endless: bytes) -> None:
    with connect(servers[0].url) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(LOGIN + CHUNKED + (b"2\r\n{}\r\n0\r\n" if endless.startswith(b"X") else b""))
        for _ in range(FRAMING_LIMIT // len(endless) + 4):
            connection.sendall(endless)
        assert "512 KiB" in refusal_of(read_answer(connection)).message


def test_the_largest_body_may_come_byte_by_byte(servers: tuple[WebServer, WebServer]) -> None:
    body = b"".join(b"1\r\n \r\n" for _ in range(64 * 1024)) + b"0\r\n\r\n"
    answer = exchange(servers[0].url, LOGIN + CHUNKED, body)
    assert refusal_of(answer).message == "The body is not valid JSON."


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"http://evil.example/api/v1/boards", 200),
        (b"http://evil.example/admin", 303),
        (b"http://evil.example/nothing", 404),
        (b"http://evil.example", 400),
        (b"*", 404),
        (b"//evil.example/api/v1/boards", 404),
        (b"/api/v1/boards%0d%0aSet-Cookie:%20a=b", 404),
        (b"/api/v1/boards%00", 404),
        (b"/login?next=%0d%0aSet-Cookie:%20a=b", 200),
        (b"/login?next=//evil.example", 200),
        (b"/kiosk/overall?rotate=overall&x=%22%3E%3Cscript%3E", 200),
    ],
    ids=str,
)
def test_a_strange_target_leads_nowhere_else(
    servers: tuple[WebServer, WebServer], target: bytes, status: int
) -> None:
    answer = exchange(servers[0].url, b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"Accept: text/html\r\n\r\n")
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers
    assert b"evil.example" not in answer.content
    assert "evil.example" not in answer.headers.get("location", "")
    assert b'"><script' not in answer.content


@pytest.mark.parametrize("path", ["/", "/login", "/kiosk/overall?rotate=overall", "/nothing", "/api/v1/boards"])
def test_nothing_in_an_answer_is_made_from_the_host(servers: tuple[WebServer, WebServer], path: str) -> None:
    told = {"Accept": "text/html", "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = httpx.get(servers[0].url + path, headers={**told, "Forwarded": "host=evil.example"})
    assert "evil.example" not in answer.text + str(answer.headers)


def test_garbage_behind_two_requests_does_not_get_into_the_first_answer(
    servers: tuple[WebServer, WebServer],
) -> None:
    """The second request waits for the first, which is a stream: what is refused is not written into that."""
    with connect(servers[0].url) as connection:
        connection.sendall(STREAM)
        received = b""
        while b"leaderboard.update" not in received:
            received += connection.recv(65_536)
        connection.sendall(BOARDS + b"\r\n" + b"\x00garbage\r\n\r\n")
        while piece := connection.recv(65_536):
            received += piece
    assert received.count(b"HTTP/1.1") == 1


def test_who_leaves_with_a_request_waiting_behind_a_stream_leaves_no_traceback(
    servers: tuple[WebServer, WebServer],
) -> None:
    """It is noticed at the next heartbeat: nothing is read while a request waits."""
    with connect(servers[0].url) as connection:
        request_id = f"left-{time.monotonic_ns()}"
        connection.sendall(STREAM.replace(HOST, HOST + f"X-Request-ID: {request_id}\r\n".encode()))
        received = b""
        while b"leaderboard.update" not in received:
            received += connection.recv(65_536)
        connection.sendall(BOARDS + b"\r\n")
    eventually(lambda: f'"request_id":"{request_id}"' in servers[0].log_text())
    assert "Traceback" not in servers[0].log_text()


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


async def test_a_crowd_that_pipelines_is_answered_in_order(servers: tuple[WebServer, WebServer]) -> None:
    async def ask(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", servers[0].port)
        ids = [f"order-{number}-{place}" for place in range(20)]
        heads = (BOARDS + f"X-Request-ID: {one}\r\n\r\n".encode() for one in ids)
        writer.write(b"".join(heads) + b"GET /livez HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        said = await reader.read(-1)
        writer.close()
        lines = said.decode().split("\r\n")
        assert [line.split()[1] for line in lines if line.startswith("x-request-id: order")] == ids

    await asyncio.gather(*map(ask, range(10)))


def test_a_handshake_behind_a_stream_does_not_get_into_it(servers: tuple[WebServer, WebServer]) -> None:
    with connect(servers[0].url) as connection:
        connection.sendall(STREAM)
        received = b""
        while b"leaderboard.update" not in received:
            received += connection.recv(65_536)
        connection.sendall(UPGRADE + b"\r\n")
        while piece := connection.recv(65_536):
            received += piece
    assert received.count(b"HTTP/1.1") == 1
