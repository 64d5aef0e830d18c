"""How often pollers should come: less often while this process is late with everything."""

import math

#: What a quiet process asks for: fresh enough to look live, and thousands of pollers cost little. Seconds.
LEAST_SECONDS = 2
#: What an overloaded one asks for, at the most: seconds.
MOST_SECONDS = 30
#: Lateness of the event loop at which the interval has doubled: seconds.
DOUBLING_SECONDS = 0.05
#: Weight of the newest measurement: a load of some seconds counts, a hiccup does not.
SMOOTHING = 0.2


class Pace:
    """Fed with how late the ticker wakes up."""

    def __init__(self) -> None:
        self._lateness = 0.0
        #: For `X-Poll-Interval`.
        self.poll_seconds = LEAST_SECONDS

    def note(self, lateness: float) -> None:
        """`lateness` in seconds."""
        self._lateness += SMOOTHING * (max(0.0, lateness) - self._lateness)
        wanted = LEAST_SECONDS * (1 + self._lateness / DOUBLING_SECONDS)
        self.poll_seconds = min(MOST_SECONDS, math.floor(wanted))
