"""A client that sends one request after the other over a connection that stays open."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from io import BufferedReader

from sse_board.bench.load import WrongAnswer
from sse_board.bench.stage import HOST

#: A server that answers nothing for so long has failed: seconds.
ANSWER_SECONDS = 10.0


class Publisher:
    """Each call sends the next of the requests and takes the answer, which must be a success.

    It connects with the first of them: servers do not keep a connection that says nothing for long.
    """

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self._port = port
        self._requests = requests
        self._opened = ExitStack()

    def __call__(self) -> None:
        self._socket.sendall(next(self._requests))
        status = self._answers.readline()
        body = self._answers.read(self._length())
        if not status.startswith(b"HTTP/1.1 2"):
            raise WrongAnswer(f"a publication was answered {status + body!r}")

    @cached_property
    def _socket(self) -> socket.socket:
        return self._opened.enter_context(socket.create_connection((HOST, self._port), ANSWER_SECONDS))

    @cached_property
    def _answers(self) -> BufferedReader:
        return self._opened.enter_context(self._socket.makefile("rb"))

    def _length(self) -> int:
        """Of the body, from the headers that come before it."""
        length = 0
        while (line := self._answers.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return length

    def close(self) -> None:
        self._opened.close()
