"""What a room hands the engine: a family of channels, and the states or the log behind it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from sse_board.errors import BoardError
from sse_board.live.event import Event
from sse_board.live.events.record import Record
from sse_board.web.identity import Identity

#: The windows that a stream may ask for, in rows. Few, so that many share each.
LIMITS = (10, 25, 50, 100)


class Family(Protocol):
    """Channels whose names have one form, such as `leaderboard:{board}`."""

    def owns(self, channel: str) -> bool:
        """Whether the name belongs to this family."""

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        """The channels of this family that `leaderboard:*` or `user:me:*` stands for."""

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        """Why this listener may not have it; None when it may."""

    def is_private(self, channel: str) -> bool:
        """Whether listening needs an identity that stays valid."""


class StateSource(Family, Protocol):
    """Carries what is true now. `State` is whatever the room likes.

    `windowed` says whether `limit` changes what is seen; where it does not, all subscribers share one topic.
    `least_seconds` is the least time between two reads of one channel; the engine may take more.
    """

    windowed: bool
    least_seconds: float

    async def read(self, channel: str, limit: int) -> Any:
        """The newest state, wide enough for `limit`. Raises BoardError when no store answers."""

    def narrow(self, state: Any, limit: int) -> Any:
        """The part of a state that a window of `limit` shows."""

    def newer(self, before: Any, after: Any) -> Any:
        """The state to go on with: a store that fell behind for a moment takes nothing back."""

    def snapshot(self, channel: str, state: Any, previous: str | None) -> Sequence[Event]:
        """The whole state; `previous` is the version of the frame before it on the stream, None for the first."""

    def delta(self, channel: str, before: Any, after: Any) -> Sequence[Event]:
        """What changed; nothing when there is nothing to show."""

    def version(self, state: Any) -> str:
        """The name of the state."""

    def appearance(self, state: Any) -> str:
        """What of the state is told when it changes: pollers are not told again what looks the same."""


@runtime_checkable
class GroupSource(StateSource, Protocol):
    """Channels with a listener or two each, but many of them: they are read together. They have no windows."""

    async def read_many(self, before: Mapping[str, Any]) -> Mapping[str, Any]:
        """The newest states of those of these channels that have another than this one; None stands for a state
        that is not known yet. Raises BoardError when no store answers."""


class LogSource(Family, Protocol):
    """Carries what happened: every event in order, none merged, replayable.

    The log may keep one channel under several names, of which each listener is told only some.
    """

    def names(self, channel: str, identity: Identity | None) -> Sequence[str]:
        """The names in the log of what this listener hears on the channel."""

    def keeps(self, name: str) -> bool:
        """Whether this is a name in the log of one of this family's channels."""

    def event(self, record: Record) -> Event:
        """The record as listeners are told."""
