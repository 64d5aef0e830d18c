"""HTTP as bytes, for what no client library would send."""

import socket

import httpx

#: Nothing is waited for longer: seconds.
PATIENCE = 10.0


def exchange(url: str, *pieces: bytes, until_closed: bool = False) -> httpx.Response:
    """The first answer to these bytes; `until_closed` also waits for the server to hang up."""
    with connect(url) as connection:
        for piece in pieces:
            connection.sendall(piece)
        answer = read_answer(connection)
        if until_closed:
            assert connection.recv(1) == b"", "more came behind the answer"
        return answer


def connect(url: str) -> socket.socket:
    address = httpx.URL(url)
    return socket.create_connection((address.host, address.port or 80), PATIENCE)


def read_answer(connection: socket.socket) -> httpx.Response:
    """One response with a `Content-Length`."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
    answer = httpx.Response(int(status.split()[1]), headers=headers)
    while len(body) < int(answer.headers.get("content-length", 0)):
        body += _more(connection)
    return httpx.Response(answer.status_code, headers=headers, content=body)


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65_536)
    assert piece, "the server hung up without an answer"
    return piece
