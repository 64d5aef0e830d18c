"""What a run looks like on pages. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sse_board.clock import from_milliseconds
from sse_board.sessions.metrics import LiveRun, Trend, metric_of
from sse_board.version import Version, looks

#: What a field is counted in.
_UNITS = {"currentWpm": "wpm", "currentAccuracy": "% right", "currentScore": "points"}


@dataclass(frozen=True, slots=True)
class Card:
    """`metric` is that of the app, None before it was told; `facts` what else was, as text; `done` in %."""

    id: str
    user_id: str
    username: str
    app: str
    is_live: bool
    metric: str | None
    unit: str
    trend: Trend
    done: float | None
    facts: tuple[str, ...]
    started_at: datetime
    version: Version


@dataclass(frozen=True, slots=True)
class Lanes:
    """The runs of one app, the best first."""

    app: str
    cards: tuple[Card, ...]


def card(run: LiveRun) -> Card:
    own = metric_of(run.app)
    return Card(
        run.id,
        run.user_id,
        run.username,
        run.app,
        run.ended is None,
        None if run.metric is None else number(run.metric),
        _UNITS[own],
        run.trend,
        run.values.get("progress"),
        _facts(run, own),
        from_milliseconds(run.started),
        _version(run),
    )


def number(value: float) -> str:
    """As it was told, with commas and without needless decimals."""
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def _facts(run: LiveRun, own: str) -> tuple[str, ...]:
    units = {**_UNITS, "progress": "% done"}
    told = {name: value for name, value in run.values.items() if name != own}
    return tuple(f"{number(told[name])} {unit}" for name, unit in units.items() if name in told)


def _version(run: LiveRun) -> Version:
    """Ticks count up; who has ended, or was lost and begins anew, is of another epoch."""
    return Version(run.ended or run.lost or 1, run.ticks)


def by_app(runs: Iterable[LiveRun]) -> list[Lanes]:
    """Each app with its runs side by side; a metric that was not told counts as nothing."""
    ordered = sorted(runs, key=lambda run: (run.app, -(run.metric or 0), run.started, run.id))
    apps = dict.fromkeys(run.app for run in ordered)
    return [Lanes(app, tuple(card(run) for run in ordered if run.app == app)) for app in apps]


def beside(run: LiveRun, others: Iterable[LiveRun]) -> dict[str, Any]:
    """What `fragments/beside.html` is painted from: a run's competitors, the best first, as they come."""
    cards = tuple(map(card, others))
    return {"run_id": run.id, "app": run.app, "cards": cards, "version": looks(*cards)}
