"""What no client library would send: heads that are no HTTP, that never end, and bodies that are too large."""

import contextlib
import json
import re
import uuid

import httpx
import pytest
from psycopg import Connection

from tests.support.clients import Player
from tests.support.processes import eventually
from tests.support.refusals import refusal_of, unchanged
from tests.support.servers import WebServer
from tests.support.wire import connect, exchange, read_answer

HOST = b"Host: example.org\r\n"
LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
BOARDS = b"GET /api/v1/boards HTTP/1.1\r\n" + HOST

MALFORMED = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/3": b"GET / HTTP/3.0\r\n" + HOST + b"\r\n",
    "an unknown method": b"FETCH /api/v1/boards HTTP/1.1\r\n" + HOST + b"\r\n",
    "a lower-case method": b"get /api/v1/boards HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tunnel": b"CONNECT example.org:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "no path": b"GET ?x=1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "UTF-8 in the path": b"GET /api/v1/boards/\xc3\xa9 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a high byte in the path": b"GET /api/v1/boards/\xff HTTP/1.1\r\n" + HOST + b"\r\n",
    "a high byte in the query": b"GET /api/v1/scores/leaderboard?board=\xff HTTP/1.1\r\n" + HOST + b"\r\n",
    "a NUL in the path": b"GET /api/v1/boards/\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a NUL in a header": BOARDS + b"X-Thing: a\x00b\r\n\r\n",
    "a CR in a header": BOARDS + b"X-Request-ID: a\rSet-Cookie: b=c\r\n\r\n",
    "a DEL in a header": BOARDS + b"X-Request-ID: a\x7fb\r\n\r\n",
    "a folded header": BOARDS + b"X-Request-ID: a\r\n Set-Cookie: b=c\r\n\r\n",
    "a header without a name": BOARDS + b": x\r\n\r\n",
    "two lengths": LOGIN + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a length and chunks": LOGIN + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": LOGIN + b"Content-Length: -1\r\n\r\n",
    "a length that is no number": LOGIN + b"Content-Length: ten\r\n\r\n",
    "a length beyond all numbers": LOGIN + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "a chunk without a size": LOGIN + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
}


def logged(server: WebServer, request_id: str) -> list[str]:
    """What the log says of one request; every line of it must be JSON, but for the first, which is for people."""
    _, *lines = server.log_text().rpartition("\n")[0].splitlines()
    events = [json.loads(line) for line in lines]
    return [event["event"] for event in events if event.get("request_id") == request_id]


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_http_is_told_so_in_the_envelope(
    shared_server: WebServer, database: Connection, name: str
) -> None:
    with unchanged(database):
        refused = refusal_of(exchange(shared_server.url, MALFORMED[name], until_closed=True))
    assert refused.kind == (400, "INVALID_REQUEST")
    assert "percent-encode" in refused.message
    assert httpx.get(f"{shared_server.url}/livez").status_code == 200


def test_a_refusal_of_the_wire_is_found_in_the_log(shared_server: WebServer) -> None:
    answer = exchange(shared_server.url, MALFORMED["TLS"])
    assert logged(shared_server, answer.headers["x-request-id"]) == ["request refused unread"]


@pytest.mark.parametrize(
    "piece",
    [b"X-Thing: " + b"a" * 1_000_000, b"X-Thing: a\r\n" * 100_000],
    ids=["one header without end", "headers without end"],
)
def test_a_head_that_does_not_end_is_not_kept_for_ever(shared_server: WebServer, piece: bytes) -> None:
    with connect(shared_server.url) as connection:
        connection.sendall(BOARDS + piece[:200_000])
        with contextlib.suppress(ConnectionError):  # it may have hung up by now; its answer is here all the same
            connection.sendall(piece[200_000:400_000])
        refused = refusal_of(read_answer(connection))
    assert refused.kind == (400, "INVALID_REQUEST")
    assert "64 KiB" in refused.message


def test_a_head_of_some_kilobytes_is_taken_however_it_comes(shared_server: WebServer) -> None:
    head = BOARDS + b"Cookie: " + b"a" * 30_000 + b"\r\n\r\n"
    pieces = [head[start : start + 5_000] for start in range(0, len(head), 5_000)]
    assert exchange(shared_server.url, *pieces).status_code == 200


def test_long_bodies_are_not_counted_as_heads(shared_server: WebServer) -> None:
    with connect(shared_server.url) as connection:
        for _ in range(3):
            connection.sendall(LOGIN + b"Content-Length: 60000\r\n\r\n" + b"{" * 30_000)
            connection.sendall(b"{" * 30_000)
            assert refusal_of(read_answer(connection)).message == "The body is not valid JSON."


def test_garbage_behind_a_stream_that_runs_does_not_get_into_it(shared_server: WebServer) -> None:
    with connect(shared_server.url) as connection:
        connection.sendall(b"GET /api/v1/stream?channels=leaderboard:scoreboard HTTP/1.1\r\n" + HOST + b"\r\n")
        received = b""
        while b"leaderboard.update" not in received:
            received += connection.recv(65_536)
        connection.sendall(b"\x00garbage\r\n\r\n")
        while piece := connection.recv(65_536):
            received += piece
    assert received.count(b"HTTP/1.1") == 1


TOO_LONG = 64 * 1024 + 1


def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(shared_server: WebServer) -> None:
    head = LOGIN + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % TOO_LONG
    refused = refusal_of(exchange(shared_server.url, head, until_closed=True))
    assert refused.kind == (413, "PAYLOAD_TOO_LARGE")


def test_a_body_in_chunks_is_refused_when_it_becomes_too_large(shared_server: WebServer) -> None:
    chunk = b"%x\r\n" % 40_000 + b" " * 40_000 + b"\r\n"
    refused = refusal_of(exchange(shared_server.url, LOGIN + b"Transfer-Encoding: chunked\r\n\r\n", chunk, chunk))
    assert refused.kind == (413, "PAYLOAD_TOO_LARGE")


def test_the_largest_body_is_read(shared_server: WebServer) -> None:
    body = b'{"username": "x", "password": "' + b"y" * (TOO_LONG - 1 - 33) + b'"}'
    assert len(body) == TOO_LONG - 1
    answer = exchange(shared_server.url, LOGIN + b"Content-Length: %d\r\n\r\n" % len(body), body)
    assert refusal_of(answer).kind == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("length", [TOO_LONG, 10_000_000])
@pytest.mark.parametrize("path", ["/api/v1/scores/action", "/api/v1/auth/me", "/api/v1/auth/logout"])
def test_a_large_body_is_refused_with_a_token_too_and_changes_nothing(
    shared_server: WebServer, database: Connection, player: Player, path: str, length: int
) -> None:
    method = "PATCH" if path.endswith("me") else "POST"
    with unchanged(database), httpx.Client(base_url=shared_server.url) as client:
        refused = refusal_of(client.request(method, path, content=b"x" * length, headers=player.bearer))
    assert refused.kind == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    "sent",
    [
        b"caf\xc3\xa9",
        b"\xff",
        b"two words",
        b"x" * 129,
        b"",
        b"a\tb",
    ],
)
def test_a_strange_request_id_is_replaced(shared_server: WebServer, sent: bytes) -> None:
    answer = exchange(shared_server.url, BOARDS + b"X-Request-ID: " + sent + b"\r\n\r\n")
    assert answer.status_code == 200
    assert str(uuid.UUID(answer.headers["x-request-id"])) == answer.headers["x-request-id"]


def test_a_visible_request_id_is_kept_and_opens_no_line_of_the_log(shared_server: WebServer) -> None:
    sent = '"}{"event":"forged",%0a' + "'" * 100
    answer = exchange(shared_server.url, BOARDS + f"X-Request-ID: {sent}\r\n\r\n".encode())
    assert answer.headers["x-request-id"] == sent
    eventually(lambda: logged(shared_server, sent))  # lines are written when the turn of the event loop ends
    assert logged(shared_server, sent) == ["request"]


@pytest.mark.parametrize("host", [b"[", b"a b", b"\xc3\xa9\xff", b"evil@example.org/x?y#z", b"", b"x" * 5_000])
def test_a_strange_host_breaks_nothing_and_is_never_shown(shared_server: WebServer, host: bytes) -> None:
    for path in (b"/api/v1/nothing", b"/api/v1/boards/", b"/nothing", b"/login/"):
        head = b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\nAccept: text/html\r\n\r\n"
        answer = exchange(shared_server.url, head)
        assert answer.status_code == 404
        assert "location" not in answer.headers
        assert not re.search(rb"evil@|xxxxx", answer.content)
