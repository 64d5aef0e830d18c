"""How many people are here, as sockets are told; who counts them, and whom, is not the engine's business."""

from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.fanout import Fanout, Job
from sse_board.live.delivery.hub import Hub
from sse_board.live.delivery.outlet import Outlet
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Event


class Headcount:
    """`count` is what newcomers are told."""

    def __init__(self, hub: Hub, fanout: Fanout) -> None:
        self.count = 0
        self._hub = hub
        self._fanout = fanout

    def event(self) -> Event:
        return self._hub.event("connection_status", {"status": "connected", "userCount": self.count})

    def tell(self) -> None:
        """All sockets are told the present count; those that are behind go without."""
        way = self._hub.counts.ways["websocket"]
        sockets = [connection for connection in self._hub.connections if connection.way is way]
        if sockets:
            parcel = Parcel((self.event(),))

            def take(connection: Connection, now: float) -> Outlet | None:
                return connection.take_notice(parcel, now)

            self._fanout.tell_state(Job(sockets, parcel, take))
