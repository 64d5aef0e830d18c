"""What our server (`processes/`) offers an application that writes to sockets itself (D9)."""

from typing import Protocol

#: The ASGI extension: `(make) → protocol, or None`. The server hands its transport, and the set of all its
#: connections, to `make(transport, connections)`, whose protocol has the socket from then on; None where that
#: cannot be. The head of the answer must have been sent.
ADOPT = "sse_board.adopt"

#: The ASGI extension for WebSockets: `(make) → pipe`. The server hands its transport to `make(transport)`, and
#: tells the pipe that this gives what becomes of it. Frames of whole messages may be written to it from then on.
#: The handshake must have been accepted.
TAP = "sse_board.tap"


class Watching(Protocol):
    """Whoever is told what becomes of a transport."""

    def pause_writing(self) -> None:
        """It holds more back than it likes."""

    def resume_writing(self) -> None:
        """It has handed most of that on."""

    def lose(self, error: Exception | None) -> None:
        """It is gone; its descriptor may be another connection's in a moment."""
