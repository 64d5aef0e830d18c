"""Entries of the feed as pages show them. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from sse_board.activity.entry import Told

#: Under which words the feed may be asked for one kind only, in the order of the choice.
CHOICES = {
    "new_leader": "New leaders",
    "high_score": "Personal bests",
    "achievement": "Achievements",
    "rank_improved": "Climbs",
    "session_completed": "Finished runs",
    "session.started": "Started runs",
}


def story(kind: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """One entry; None for what another tells better: a run that was scored is told as finished."""
    if kind == "session.ended" and data.get("scored"):
        return None
    name, text = data["username"], data["text"]
    return {
        "id": data["id"],
        "userId": data["userId"],
        "kind": kind,
        "shape": shape(kind),
        "username": name,
        "says": text.removeprefix(name),
        "timestamp": data["timestamp"],
    }


def shape(kind: str) -> str:
    """The kind as style sheets and ids call it."""
    return kind.replace("session.", "run-").replace("_", "-")


def shown_stories(entries: Iterable[Told]) -> list[dict[str, Any]]:
    shown = (story(entry.kind, entry.payload()["data"]) for entry in entries)
    return [one for one in shown if one]


def by_day(stories: Iterable[Mapping[str, Any]], today: date) -> list[dict[str, Any]]:
    """The stories of each day (UTC), today's always first, though nothing may have happened yet."""
    days = {day: list(of_day) for day, of_day in groupby(stories, key=lambda one: one["timestamp"][:10])}
    ordered = dict.fromkeys([today.isoformat(), *days])
    return [{"day": day, "title": _title(day, today), "stories": days.get(day, [])} for day in ordered]


def older_days(stories: Iterable[Mapping[str, Any]], today: date) -> list[dict[str, Any]]:
    """The same without a day on which nothing is shown."""
    return [group for group in by_day(stories, today) if group["stories"]]


def _title(day: str, today: date) -> str:
    then = date.fromisoformat(day)
    if then == today:
        return "Today"
    if (today - then).days == 1:
        return "Yesterday"
    return f"{then:%A} {then.day} {then:%B}" + (f" {then.year}" if then.year != today.year else "")
