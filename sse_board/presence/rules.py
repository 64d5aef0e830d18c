"""When somebody is online, and which counts are worth a word. Pure."""

from dataclasses import dataclass

#: The scope of everybody on the site; others are of what people listen to, `tournament:{id}`.
SITE = "site"
#: How long people count as here after the last thing of theirs was closed: longer than a client stays away when
#: its process is replaced (at most 3 s), or its page is loaded again. Seconds.
GONE_SECONDS = 20.0
#: In scopes with more people nobody is named.
NAMED_LIMIT = 200
#: After Redis was lost or emptied every process tells it anew within a second or two. Until then it knows too few:
#: seconds.
SETTLE_SECONDS = 4.0
#: So long a count is believed that cannot be looked up: seconds.
BELIEVED_SECONDS = 30.0
#: A count is told to all sockets when it is another by one in so many.
NOTICEABLE_SHARE = 50


@dataclass(frozen=True, slots=True)
class Look:
    """What Redis says: `count` people, and for how many `seconds` it has been told of them."""

    count: int
    seconds: float


class Count:
    """The number of people in a scope, as it is to be told. All times in seconds of any one clock.

    It never falls because Redis was away or lost what it had: nobody left then.
    """

    def __init__(self) -> None:
        self.now = 0
        #: Whether only this process' own people are known.
        self.is_partial = True
        self._known_at: float | None = None
        self._lost_at: float | None = None

    def looked(self, look: Look, own: int, now: float) -> bool:
        """Take what was read; whether the count is another now. `own`: people of this process, who are there."""
        was_lost = self._lost_at is not None and now - self._lost_at < SETTLE_SECONDS
        self._known_at = now
        settled = look.seconds >= SETTLE_SECONDS and not was_lost
        return self._set(max(look.count, own if settled else max(own, self.now)), partial=False)

    def lost(self, own: int, now: float) -> bool:
        """It cannot be read; whether the count is another now."""
        self._lost_at = now
        if self._known_at is not None and now - self._known_at < BELIEVED_SECONDS:
            return self._set(max(own, self.now), partial=self.is_partial)
        return self._set(own, partial=True)

    def _set(self, count: int, *, partial: bool) -> bool:
        before = (self.now, self.is_partial)
        self.now, self.is_partial = count, partial
        return before != (count, partial)


def is_noticeable(told: int, count: int) -> bool:
    """Whether people would miss the news: small numbers count exactly, large ones roughly."""
    return abs(count - told) > told // NOTICEABLE_SHARE
