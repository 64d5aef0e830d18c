"""What each live connection listens to, whichever transport it is: joined and left here."""

from collections.abc import Sequence
from sys import intern

from sse_board.errors import InvalidRequest
from sse_board.live.channels import Admission, Channels
from sse_board.live.delivery.connection import Connection
from sse_board.live.events.replay import Replays
from sse_board.live.states.feed import Feed

#: Channels of one connection: far above what a page shows, and what one client may cost.
CONNECTION_CHANNELS = 500


class Subscriptions:
    def __init__(self, channels: Channels, feed: Feed, replays: Replays) -> None:
        self.channels = channels
        self._feed = feed
        self._replays = replays

    def open(self, connection: Connection, granted: Sequence[str], cursor: str | None) -> None:
        """The states as they are, then what the logs had after the cursor, then what is new."""
        logs = self._join_states(connection, granted)
        self._replays.begin(connection, self._names(connection, logs), logs, cursor)

    async def admit(self, connection: Connection, asked: Sequence[str]) -> Admission:
        """Judge further channels; to be joined next, or not at all."""
        admission = await self.channels.admit(asked, connection.identity)
        room = CONNECTION_CHANNELS - len(connection.channels)
        if len(admission.granted) > room:
            error = InvalidRequest(f"A stream has at most {CONNECTION_CHANNELS} channels.")
            admission.refused.extend((channel, error) for channel in admission.granted)
            admission.granted.clear()
        return admission

    def join(self, connection: Connection, granted: Sequence[str]) -> None:
        """Add what was granted; what it has already changes nothing."""
        if connection.has_ended:
            return
        logs = self._join_states(connection, [name for name in granted if name not in connection.channels])
        self._replays.add(connection, self._names(connection, logs), logs)

    def unsubscribe(self, connection: Connection, asked: Sequence[str]) -> list[str]:
        """Those of the channels, which may be patterns, that it had and has no more."""
        meant = self.channels.expanded(asked, connection.identity)
        gone = [channel for channel in meant if channel in connection.channels]
        connection.channels = tuple(channel for channel in connection.channels if channel not in gone)
        self._feed.leave(connection, gone)
        logs = [channel for channel in gone if self.channels.log_of(channel)]
        self._replays.remove(connection, self._names(connection, logs))
        self._mark(connection)
        return gone

    def extend(self, connection: Connection) -> None:
        """The listener has logged in: what of its logs is addressed to it is told from now on."""
        logs = [channel for channel in connection.channels if self.channels.log_of(channel)]
        self._replays.add(connection, self._names(connection, logs), [])

    def close(self, connection: Connection) -> None:
        connection.channels = ()
        self._feed.leave(connection)
        self._replays.end(connection)

    def _join_states(self, connection: Connection, granted: Sequence[str]) -> list[str]:
        """The channels that are logs are left over."""
        connection.channels = (*connection.channels, *map(intern, granted))
        self._mark(connection)
        logs = [channel for channel in granted if self.channels.log_of(channel)]
        for channel in granted:
            if channel not in logs:
                self._feed.join(connection, channel)
        return logs

    def _names(self, connection: Connection, logs: Sequence[str]) -> set[str]:
        sources = ((channel, self.channels.log_of(channel)) for channel in logs)
        return {
            name
            for channel, source in sources
            if source is not None
            for name in source.names(channel, connection.identity)
        }

    def _mark(self, connection: Connection) -> None:
        """What is private ends with the token: from now on it is looked at in time for that."""
        connection.private = any(map(self.channels.is_private, connection.channels))
        connection.keeper.look_at(connection)
