"""A client with next to no buffers of its own, which reads only when told to."""

import socket
from urllib.parse import urlsplit

import h11

from tests.support.events import EventParser, Message
from tests.support.protocol import check_streamed
from tests.support.replica import Replica

#: Small segments and a small window keep the kernel's part small.
SEGMENT, WINDOW = 536, 4096


class Sleeper:
    """A stream that is not read until `read` is called; it keeps boards and messages like any other."""

    def __init__(self, url: str, channels: str, last_event_id: str = "") -> None:
        address = urlsplit(url)
        self.boards: dict[str, Replica] = {}
        self.messages: list[Message] = []
        self.octets = 0
        self.ended = False
        self.parser = EventParser(last_event_id)
        self._http = h11.Connection(h11.CLIENT)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        self._socket.connect((address.hostname, address.port))
        headers = [("Host", address.netloc)]
        if last_event_id:
            headers.append(("Last-Event-ID", last_event_id))
        request = h11.Request(method="GET", target=f"/api/v1/stream?channels={channels}", headers=headers)
        self._socket.sendall(self._http.send(request) or b"")
        self._socket.setblocking(False)

    def close(self) -> None:
        self._socket.close()

    def read(self) -> None:
        """Take what is there now."""
        try:
            self._http.receive_data(self._socket.recv(WINDOW))
        except BlockingIOError:
            return
        while not self.ended and (event := self._http.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Data):
                self._hear(bytes(event.data))
            self.ended = isinstance(event, h11.EndOfMessage)

    def _hear(self, octets: bytes) -> None:
        self.octets += len(octets)
        for message in self.parser.feed(octets):
            self.messages.append(message)
            data = message.json
            check_streamed(message, data)
            if message.type == "leaderboard.update":
                self.boards.setdefault(data["board"], Replica(10)).apply(data)
