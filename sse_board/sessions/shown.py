"""How runs are told: events, rows of lists, lines for terminals. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sse_board.clock import iso, to_milliseconds
from sse_board.live.event import Event
from sse_board.sessions.metrics import LiveRun


def row(run: LiveRun, now: datetime) -> dict[str, Any]:
    """A run with its metrics as far as they were told; `sessionDuration` in whole seconds."""
    return {
        "sessionId": run.id,
        "userId": run.user_id,
        "username": run.username,
        "app": run.app,
        "status": "live" if run.ended is None else "ended",
        **run.values,
        "sessionDuration": int(run.seconds(to_milliseconds(now))),
        "trend": run.trend,
    }


def progress_event(channel: str, run: LiveRun, now: datetime, html: Callable[[], str] | None = None) -> Event:
    data = {**row(run, now), "timestamp": iso(now)}
    return Event("progress.update", data, channel=channel, html=html, text=partial(_progress_lines, data))


def _progress_lines(data: Mapping[str, Any]) -> list[str]:
    told = {"currentWpm": "wpm", "currentAccuracy": "% right", "currentScore": "points", "progress": "% done"}
    numbers = "  ".join(f"{data[name]} {unit}" for name, unit in told.items() if name in data)
    return [
        f"{data['username']}  {data['app']}  {data['status']}  {data['sessionDuration']} s  {numbers}".rstrip()
    ]


def competitors_event(
    channel: str, run: LiveRun, others: Sequence[LiveRun], now: datetime, html: Callable[[], str] | None = None
) -> Event:
    data = {
        "sessionId": run.id,
        "app": run.app,
        "competitors": [competitor(other) for other in others],
        "timestamp": iso(now),
    }
    return Event("session.competitors", data, channel=channel, html=html, text=partial(_competitor_lines, data))


def competitor(run: LiveRun) -> dict[str, Any]:
    """`metric` is that of the app, by which its runs are compared; null before it was told."""
    return {
        "sessionId": run.id,
        "userId": run.user_id,
        "username": run.username,
        "metric": run.metric,
        "progress": run.values.get("progress"),
    }


def _competitor_lines(data: Mapping[str, Any]) -> list[str]:
    rows = [f"{one['username']} {'–' if one['metric'] is None else one['metric']}" for one in data["competitors"]]
    return [f"{data['app']}  {', '.join(rows) or 'nobody else'}"]
