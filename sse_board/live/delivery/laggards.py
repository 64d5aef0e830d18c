"""Connections that have not read what they were sent: who takes nothing for long is given up."""

from sse_board.live.delivery.connection import Connection

#: A reader that takes nothing for so long is given up: seconds.
STUCK_SECONDS = 30.0


class Laggards:
    """Each with the bytes that wait for it, and since when it is so many."""

    def __init__(self) -> None:
        self._waiting: dict[Connection, tuple[int, float]] = {}

    def add(self, connection: Connection, now: float) -> None:
        if connection not in self._waiting:
            self._waiting[connection] = (connection.outlet.backlog, now)

    def forget(self, connection: Connection) -> None:
        self._waiting.pop(connection, None)

    def end_stuck(self, now: float) -> None:
        """Whoever has read something since the last look is patient with us, and we are with them."""
        for connection, (before, since) in tuple(self._waiting.items()):
            backlog = connection.outlet.backlog
            if not backlog:
                del self._waiting[connection]
            elif backlog < before:
                self._waiting[connection] = (backlog, now)
            elif now - since >= STUCK_SECONDS:
                connection.give_up()
            elif backlog > before:
                self._waiting[connection] = (backlog, since)
