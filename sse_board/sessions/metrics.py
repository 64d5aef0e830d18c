"""What a run shows while it lasts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

#: What a tick may tell: `currentWpm` from 0 to 300, `currentAccuracy` and `progress` in %, `currentScore`.
FIELDS = ("currentWpm", "currentAccuracy", "currentScore", "progress")
#: By what the runs of an app are compared; those of apps that an admin made by `currentScore`.
_METRICS = {"typing": "currentWpm", "math": "currentAccuracy", "reading": "currentAccuracy"}
#: Ticks that a trend looks at, the last included: at two a second, three seconds.
TREND_TICKS = 6
#: What differs by less from the mean of those is steady: a share of that mean.
STEADY_SHARE = 0.02

Trend = Literal["rising", "falling", "steady"]


def metric_of(app: str) -> str:
    return _METRICS.get(app, "currentScore")


@dataclass(frozen=True, slots=True)
class LiveRun:
    """What is known of a run while it lasts, and for a while after.

    Moments are milliseconds since 1970 by the clock of Redis, `started` by ours. `values`: the fields told so far.
    `recent`: the app's metric in the last ticks, the oldest first. `ticks`: how many were taken, `at`: when the
    last was. `lost`: when it was found out that Redis had lost what it knew. `is_bare`: PostgreSQL says so, as
    Redis does not answer or has forgotten the run.
    """

    id: str
    user_id: str
    username: str
    app: str
    started: int
    values: Mapping[str, float]
    recent: Sequence[float] = ()
    ticks: int = 0
    at: int | None = None
    lost: int | None = None
    ended: int | None = None
    is_bare: bool = False

    @property
    def metric(self) -> float | None:
        """None before it was told."""
        return self.values.get(metric_of(self.app))

    @property
    def trend(self) -> Trend:
        return trend(self.recent)

    @property
    def heard(self) -> int:
        """When there was last a sign of it, or when what there was may have been lost."""
        return max(self.at or 0, self.lost or 0, self.started)

    @property
    def version(self) -> str:
        """The name of this state."""
        return f"{'live' if self.ended is None else 'ended'}-{self.ticks}-{self.at or 0}"

    def seconds(self, now: int) -> float:
        """How long it has lasted, or did."""
        return max(0, (self.ended or now) - self.started) / 1000


def trend(values: Sequence[float]) -> Trend:
    """The last of the values beside the mean of those before it."""
    if len(values) < 2:
        return "steady"
    mean = sum(values[:-1]) / (len(values) - 1)
    margin = abs(mean) * STEADY_SHARE
    if values[-1] > mean + margin:
        return "rising"
    return "falling" if values[-1] < mean - margin else "steady"


def newer(before: LiveRun, after: LiveRun) -> LiveRun:
    """The one to go on with: what has ended stays so, and a store without metrics takes none away."""
    if before.ended is not None:
        return before
    if after.is_bare and not before.is_bare:
        return before if after.ended is None else replace(before, ended=after.ended)
    return after


def nearest(own: LiveRun, others: Sequence[LiveRun], most: int) -> list[LiveRun]:
    """Of the others' live runs those whose metric is closest, the best first; an untold metric counts as 0."""
    mine = own.metric or 0
    live = [other for other in others if other.id != own.id and other.ended is None]
    close = sorted(live, key=lambda other: abs((other.metric or 0) - mine))[:most]
    return sorted(close, key=lambda other: (-(other.metric or 0), other.started, other.id))
