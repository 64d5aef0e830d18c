"""When a run may back an action. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sse_board.errors import InvalidAction


@dataclass(frozen=True, slots=True)
class Run:
    id: str
    user_id: str
    app: str
    started_at: datetime
    ended_at: datetime | None


def run_id(metadata: Mapping[str, Any]) -> str | None:
    """`sessionId` in its canonical form; None where there is none."""
    try:
        return str(UUID(metadata["sessionId"]))
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def check_run(run: Run | None, user_id: str, app: str, now: datetime, least: timedelta) -> Run:
    """The run, if it is the player's, of the app, open and old enough. Raises InvalidAction."""
    if run is None or run.user_id != user_id:
        raise _refused("is not a run of yours")
    if run.app != app:
        raise _refused(f"is a run of {run.app}, not of {app}")
    if run.ended_at is not None:
        raise _refused("has ended")
    if now - run.started_at < least:
        raise _refused(f"is younger than {least.total_seconds():g} seconds")
    return run


def _refused(why: str) -> InvalidAction:
    return InvalidAction("No run backs this action.", details={"sessionId": why})
