"""Programs that ask again and again and never try twice: each answer that they do not get is a failure."""

import http.client
import threading
import time
from types import TracebackType
from typing import Self

import httpx

#: Seconds between two requests of a caller: together they must not take the machine from those who answer.
PAUSE = 0.01
#: Longer than a new process takes to start on a busy machine, as whoever waits to be accepted must: seconds.
PATIENCE = 20.0


class Caller:
    """Asks for `path` in a thread of its own, on one connection as long as the server keeps it or on many."""

    def __init__(self, url: str, path: str, *, keep_alive: bool) -> None:
        address = httpx.URL(url)
        self.path = path
        self.answers = 0
        self.connections = 0
        self.failures: list[str] = []
        self._address = (address.host, address.port)
        self._headers = {} if keep_alive else {"Connection": "close"}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        connection = http.client.HTTPConnection(*self._address, timeout=PATIENCE)
        while not self._ended.wait(PAUSE):
            try:
                self._ask(connection)
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{time.time():.2f} after {self.answers}: {error!r}")
                connection.close()
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        self.connections += connection.sock is None
        connection.request("GET", self.path, headers=self._headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.OK:
            self.failures.append(f"{time.time():.2f} after {self.answers}: {answer.status}")
        self.answers += 1
