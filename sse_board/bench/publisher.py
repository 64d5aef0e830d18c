"""A client that sends one request after the other over a connection that stays open."""

import socket
from collections.abc import Iterator

from sse_board.bench.load import WrongAnswer
from sse_board.bench.stage import HOST

#: A server that answers nothing for so long has failed: seconds.
ANSWER_SECONDS = 10.0


class Publisher:
    """Each call sends the next of the requests and takes the answer, which must be a success."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self._requests = requests
        self._socket = socket.create_connection((HOST, port), ANSWER_SECONDS)
        self._answers = self._socket.makefile("rb")

    def __call__(self) -> None:
        self._socket.sendall(next(self._requests))
        status = self._answers.readline()
        length = 0
        while (line := self._answers.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = self._answers.read(length)
        if not status.startswith(b"HTTP/1.1 2"):
            raise WrongAnswer(f"a publication was answered {status + body!r}")

    def close(self) -> None:
        self._answers.close()
        self._socket.close()
