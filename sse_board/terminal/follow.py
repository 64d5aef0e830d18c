"""Follow a text stream over HTTP, with nothing but the standard library, through every end of it."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlencode, urlsplit

#: Silence after which the connection counts as lost: heartbeats come every 15 seconds by default.
SILENCE_SECONDS = 45.0
#: Pauses between tries, where the server named none: the first, and the longest. Seconds.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


class FollowError(Exception):
    """The server refused; trying again would not help."""


@dataclass(slots=True)
class Follower:
    """Where to listen, and how far it has come. `token`: an access token, sent as a header."""

    url: str
    channels: list[str]
    limit: int = 10
    token: str = ""
    last_event_id: str = ""
    pause: float = FIRST_PAUSE

    def lines(self) -> Iterator[str]:
        """Every line, for ever; a lost connection is a line too. Raises FollowError."""
        while True:
            try:
                yield from self._listen()
            except (OSError, HTTPException) as error:
                yield f"connection lost ({error or type(error).__name__}), trying again"
                self.pause = min(LONGEST_PAUSE, self.pause * 2)
            time.sleep(self.pause * random.uniform(0.5, 1.0))  # noqa: S311  (spreads reconnects)

    def _listen(self) -> Iterator[str]:
        address = urlsplit(self.url)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = kind(address.netloc, timeout=SILENCE_SECONDS)
        try:
            connection.request("GET", self._path(address.path), headers=self._headers())
            response = connection.getresponse()
            if response.status >= 500:
                raise HTTPException(f"the server answers {response.status}")
            if response.status != 200:
                raise FollowError(f"the server answers {response.status}: {response.read(500).decode()}")
            yield from self._read(response)
        finally:
            connection.close()

    def _path(self, prefix: str) -> str:
        query = {"channels": ",".join(self.channels), "format": "text", "limit": self.limit}
        return f"{prefix.rstrip('/')}/api/v1/stream?{urlencode(query, safe=':,*')}"

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "text/event-stream"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.last_event_id:
            headers["Last-Event-ID"] = self.last_event_id
        return headers

    def _read(self, response: HTTPResponse) -> Iterator[str]:
        for raw in response:
            name, _, value = raw.decode("utf-8", "replace").rstrip("\n").partition(": ")
            if name == "data":
                yield value
            elif name == "id":
                self.last_event_id = value
            elif name == "retry" and value.isdecimal():
                self.pause = int(value) / 1000
