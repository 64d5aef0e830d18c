"""Long polls that wait until one of their channels has something to tell."""

import asyncio
from collections import Counter

from sse_board.live.counts import Way
from sse_board.live.delivery.coding import LINES
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Truncated
from sse_board.live.events.log import EventLog
from sse_board.live.people import People
from sse_board.live.states.feed import Feed
from sse_board.live.states.topic import Topic
from sse_board.live.ways.reading import Reader, Wishes
from sse_board.web.identity import Identity

#: Polls that may wait in one process; one more is answered at once. Each is a task and some KB.
WAITING_LIMIT = 1_000


class Waiter:
    """Hears that something may have happened, not what: its poll looks again."""

    def __init__(self, limit: int, user_id: str | None = None) -> None:
        self.limit = limit
        self.user_id = user_id
        self.topics: tuple[Topic, ...] = ()
        self.awaiting = 0
        self.names: tuple[str, ...] = ()
        #: Its poll answers for itself, and knows whom.
        self.identity: Identity | None = None
        self.log_position = 0
        self.coding = LINES["socket"]
        self.released = False
        self._news = asyncio.Event()

    def send_state(self, topic: Topic, parcel: Parcel, previous: str | None, now: float) -> None:
        self._news.set()

    def take_state(self, topic: Topic, parcel: Parcel, previous: str | None, now: float) -> None:
        self._news.set()

    def take_awaited(self, topic: Topic, parcel: Parcel, now: float) -> None:
        self._news.set()

    def send_log(self, parcel: Parcel, now: float) -> None:
        self._news.set()

    def take_log(self, parcel: Parcel, now: float) -> None:
        self._news.set()

    def fail(self) -> None:
        self._news.set()

    def miss(self, position: int, truncated: Truncated) -> None:
        self._news.set()

    def release(self) -> None:
        """It shall not wait any longer."""
        self.released = True
        self._news.set()

    def forget(self) -> None:
        """What happened until now is about to be looked at."""
        self._news.clear()

    async def news(self, until: float) -> bool:
        """Whether something happened before the loop's clock shows `until`."""
        try:
            async with asyncio.timeout_at(until):
                await self._news.wait()
        except TimeoutError:
            return False
        return not self.released


class Waiters:
    """All that wait in this process."""

    def __init__(self, feed: Feed, log: EventLog, reader: Reader, way: Way, people: People) -> None:
        self._feed = feed
        self._people = people
        self._users: Counter[str] = Counter()
        people.include(self._users)
        self._log = log
        self._reader = reader
        self._way = way
        self._waiting: set[Waiter] = set()
        self._closed = False

    def admit(self, wishes: Wishes) -> Waiter | None:
        """A waiter that hears of these channels from now on; None when nobody more may wait."""
        if self._closed or len(self._waiting) >= WAITING_LIMIT:
            return None
        waiter = Waiter(wishes.rows, wishes.identity.user_id if wishes.identity else None)
        self._waiting.add(waiter)
        self._count(waiter, 1)
        self._way.open()
        for channel in filter(self._reader.channels.state_of, wishes.channels):
            self._feed.join(waiter, channel)
        self._log.join(waiter, self._reader.names(wishes))
        return waiter

    def dismiss(self, waiter: Waiter) -> None:
        self._waiting.discard(waiter)
        self._count(waiter, -1)
        self._way.live -= 1
        self._feed.leave(waiter)
        self._log.leave(waiter)

    def _count(self, waiter: Waiter, change: int) -> None:
        user = waiter.user_id
        if user is None:
            return
        self._people.stir(user)
        self._users[user] += change
        if not self._users[user]:
            del self._users[user]

    def close(self) -> None:
        """Everybody is answered now, and nobody waits any more."""
        self._closed = True
        for waiter in self._waiting:
            waiter.release()
