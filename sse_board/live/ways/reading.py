"""One look at some channels from a cursor: the states that changed since, the events that came since."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from sse_board.live.channels import Channels
from sse_board.live.cursor import from_cursor, mark, marks_of, to_cursor
from sse_board.live.event import Event, place
from sse_board.live.events.history import History
from sse_board.live.events.log import EventLog
from sse_board.live.source import StateSource
from sse_board.web.identity import Identity

#: Snapshots kept encoded, some KB each: what pollers of one state are all given.
SNAPSHOTS_LIMIT = 256


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a poll asks for. `after` is a cursor of ours, None for "from now on"; `rows` the window of boards."""

    channels: Sequence[str]
    identity: Identity | None
    after: str | None
    limit: int
    rows: int


@dataclass(frozen=True, slots=True)
class Reading:
    """`events` in the order in which a stream tells them; `cursor` is where the next look goes on."""

    events: Sequence[Event]
    cursor: str
    truncated: bool

    @property
    def has_news(self) -> bool:
        return bool(self.events) or self.truncated


class Reader:
    def __init__(self, channels: Channels, log: EventLog, history: History) -> None:
        self.channels = channels
        self._log = log
        self._history = history
        self._snapshots: OrderedDict[str, Sequence[Event]] = OrderedDict()

    async def read(self, wishes: Wishes) -> Reading:
        """Raises BoardError when a store that is needed does not answer."""
        seen = marks_of(wishes.after) if wishes.after else frozenset()
        sources = [(name, source) for name in wishes.channels if (source := self.channels.state_of(name))]
        states = await asyncio.gather(*(self._state(*one, wishes.rows) for one in sources))
        news = [event for name, events in states if name not in seen for event in events]
        missed, position, truncated = await self._missed(wishes)
        cursor = to_cursor(position, [name for name, _ in states])
        return Reading([*news, *missed], cursor, truncated)

    async def _state(self, channel: str, source: StateSource, rows: int) -> tuple[str, Sequence[Event]]:
        """The mark of the present state, and how it is told."""
        limit = rows if source.windowed else 0
        state = source.narrow(await source.read(channel, limit), limit)
        name = mark(f"{channel} {limit}", source.appearance(state))
        if not source.windowed:  # somebody's own: seldom asked for twice
            return name, source.snapshot(channel, state, None)
        key = f"{name} {source.version(state)}"
        events = self._snapshots.get(key)
        if events is None:
            events = self._snapshots[key] = source.snapshot(channel, state, None)
            if len(self._snapshots) > SNAPSHOTS_LIMIT:
                self._snapshots.popitem(last=False)
        return name, events

    def names(self, wishes: Wishes) -> set[str]:
        """What is asked of the log, by the log's own names."""
        sources = ((name, self.channels.log_of(name)) for name in wishes.channels)
        return {own for name, source in sources if source for own in source.names(name, wishes.identity)}

    async def _missed(self, wishes: Wishes) -> tuple[Sequence[Event], int, bool]:
        """Events after the cursor, the place up to which they were looked for, and whether some are lost."""
        log, names = self._log, self.names(wishes)
        after = from_cursor(wishes.after) if wishes.after else None
        if after is None or not names:
            return [], max(after or 0, log.position), False
        if log.floor <= after <= log.position:
            events = log.since(names, after)[: wishes.limit]
            return events, place(events[-1]) if len(events) == wishes.limit else log.position, False
        return await self._stored(names, after, wishes.limit)

    async def _stored(self, names: set[str], after: int, limit: int) -> tuple[Sequence[Event], int, bool]:
        page = await self._history.replay(tuple(names), after, limit)
        events = [event for record in page.records if (event := self._log.event_of(record))]
        end = page.records[-1].position if len(page.records) == limit else page.end
        return events, end, not page.forgotten(names) <= after <= page.end
