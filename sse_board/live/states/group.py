"""Channels of one source that are read together."""

from sse_board.live.source import GroupSource
from sse_board.live.states.watched import Watched

#: Channels in one read: some ms of a store's time, and of ours.
READ_TOGETHER = 1_000
#: How many times longer than the reads the pause behind them is, at the least: so they take at most a fifth of a
#: store's connection, however long they take, as they do where PostgreSQL has to count whole boards.
PAUSE_FACTOR = 4
#: The least share of a pause between two looks at all: newcomers, who came at any time, fall into step.
SOON = 0.25


class Group:
    """All that are listened to are looked at when something may have changed, and one by itself when somebody new
    wants it. Only one read is under way at a time: who comes meanwhile shares the next.

    `due`: when all are to be looked at, None for not at all. What was read after the newest hint needs no look.
    """

    __slots__ = (
        "_asked",
        "_hinted_at",
        "_least",
        "_news_since",
        "due",
        "is_reading",
        "members",
        "pause",
        "read_at",
        "source",
    )

    def __init__(self, source: GroupSource, pause: float) -> None:
        self.source = source
        self.members: dict[Watched, None] = {}
        self.is_reading = False
        self.pause = self._least = pause
        self.read_at = 0.0
        self.due: float | None = None
        self._news_since: float | None = None
        self._hinted_at = 0.0
        self._asked: list[Watched] = []

    def stir(self, now: float) -> None:
        """Something may have changed, somewhere: look at once if it was quiet, else when the pause is over."""
        self._hinted_at = now
        if self.members and self.due is None:
            self.due = max(now, self.read_at + self.pause)
            self._news_since = now

    def begin(self, now: float) -> None:
        """Ask for all; who is still being told, or was read a moment ago, has its turn soon, with others."""
        since, self.due, self._news_since, self.read_at = self._news_since, None, None, now
        known = [one for one in self.members if one.state is not None and one.read_at <= self._hinted_at]
        late = [one for one in known if one.is_busy or one.read_at + self.pause > now]
        for watched in known:
            if not watched.is_busy and watched.read_at + self.pause <= now:
                watched.is_busy = True
                watched.news_since = watched.news_since or since
                self._asked.append(watched)
        if late:
            self._news_since = since
            self.due = max(now + self.pause * SOON, min(one.read_at for one in late) + self.pause)

    def ask(self, watched: Watched) -> None:
        """For one, before all others."""
        self._asked.insert(0, watched)

    @property
    def is_asked(self) -> bool:
        return bool(self._asked)

    def take(self) -> list[Watched]:
        """The next that are to be read together."""
        taken, self._asked = self._asked[:READ_TOGETHER], self._asked[READ_TOGETHER:]
        return taken

    def rest(self, now: float, seconds: float) -> None:
        """Reading is over, and took so long: the pause begins now."""
        self.is_reading = False
        self.read_at = now
        self.pause = max(self._least, PAUSE_FACTOR * seconds)
