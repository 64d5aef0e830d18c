"""Requests that are shaped to be read in two ways, or that never end."""

import asyncio
import contextlib
import time

import httpx
import pytest
from psycopg import Connection

from sse_board.processes.wire import FRAMING_LIMIT
from tests.security.heads import BOARDS, CHUNKED, HOST, LOGIN, STREAM, UPGRADE
from tests.support.clients import Player
from tests.support.processes import eventually
from tests.support.refusals import refusal_of, unchanged
from tests.support.servers import WebServer
from tests.support.wire import connect, exchange, read_answer

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
    told = {"Accept": "text/html", "Host": "elsewhere.example", "X-Forwarded-Host": "elsewhere.example"}
    answer = httpx.get(servers[0].url + path, headers={**told, "Forwarded": "host=elsewhere.example"})
    assert "elsewhere.example" not in answer.text + str(answer.headers)


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
