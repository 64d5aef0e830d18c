"""A channel that somebody listens to, and what is to be done for it."""

from typing import TYPE_CHECKING, Any

from sse_board.live.source import StateSource

if TYPE_CHECKING:
    from sse_board.live.states.group import Group
    from sse_board.live.states.topic import Topic


class Watched:
    """A channel that somebody listens to, through one or more windows.

    `news_since`: when the oldest hint came that it was not read for yet; None when nothing is known to be new.
    `is_busy`: it is being read, or what was read is still being told.
    """

    __slots__ = ("channel", "due", "group", "is_busy", "news_since", "read_at", "source", "topics")

    def __init__(self, channel: str, source: StateSource, group: "Group | None") -> None:
        self.channel = channel
        self.source = source
        self.group = group
        self.topics: dict[int, Topic] = {}
        self.read_at = 0.0
        self.is_busy = False
        self.due: float | None = None
        self.news_since: float | None = None

    @property
    def state(self) -> Any:
        """What was read last, where there is one window only; None for nothing."""
        topic = self.topics.get(0)
        return topic.state if topic else None
