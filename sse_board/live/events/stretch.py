"""A part of the log's past, read once for all who lack it."""

import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from sse_board.live.event import Event, place
from sse_board.live.events.history import History, Page
from sse_board.live.events.record import Record

#: Events of one stretch, some KB each for as long as somebody needs them.
STRETCH_EVENTS = 5_000


class Stretch:
    """What happened under some names after `after` and up to `end`, as it was known at `read_at` (monotonic)."""

    def __init__(
        self, names: Collection[str], after: int, read_at: float, page: Page, events: Iterable[tuple[str, Event]]
    ) -> None:
        is_last = len(page.records) < STRETCH_EVENTS
        self.end = page.end if is_last else page.records[-1].position
        self._names = frozenset(names)
        self._after = after
        self._read_at = read_at
        self._page = page
        self._by_name: defaultdict[str, list[Event]] = defaultdict(list)
        for name, event in events:
            self._by_name[name].append(event)

    def serves(self, position: int, names: Collection[str], since: float) -> bool:
        """Whether it brings somebody on who stands there `since` that time. A place beyond the end is none of this
        log, if it was so already when the end was read: the log may have grown."""
        is_beyond = position > self._page.end and since <= self._read_at
        return (is_beyond or self._after <= position < self.end) and self._names.issuperset(names)

    def lacks(self, position: int, names: Iterable[str]) -> bool:
        """Whether something after this place is lost."""
        return position > self._page.end or position < self._page.forgotten(names)

    def next_place(self, position: int) -> int:
        """Where to go on after `since`."""
        return self._page.end if position > self._page.end else self.end

    def since(self, names: Iterable[str], position: int) -> Sequence[Event]:
        """The events after a place, oldest first."""
        found = [event for name in names for event in _after(self._by_name.get(name, []), position)]
        return sorted(found, key=place)


def _after(events: list[Event], position: int) -> list[Event]:
    return events[bisect_right(events, position, key=place) :]


async def read_stretch(
    history: History, event_of: Callable[[Record], Event | None], names: Collection[str], after: int
) -> Stretch:
    """Raises Unavailable."""
    read_at = time.monotonic()
    page = await history.replay(tuple(names), after, STRETCH_EVENTS)
    events = [(record.name, event) for record in page.records if (event := event_of(record))]
    return Stretch(names, after, read_at, page, events)
