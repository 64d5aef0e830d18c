"""When a run may back an action. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sse_board.errors import InvalidAction
from sse_board.sessions.metrics import LiveRun

#: Progress at most this old when a run is finished: milliseconds.
PROGRESS_MS = 60_000
#: A claim agrees with what was told last while the run lasted if it differs by no more than this share of that…
AGREES_SHARE = Decimal("0.1")
#: …or, because a tenth of little is nothing, by so much in the field's own unit.
AGREES_AT_LEAST = {"currentWpm": 2, "currentAccuracy": 2, "currentScore": 5}
#: What a field of a claim is compared with: the first of these that was told. Fields of other names are not.
TOLD_AS = {
    "wpm": ("currentWpm",),
    "accuracy": ("currentAccuracy",),
    "comprehension": ("currentAccuracy", "currentScore"),
    "score": ("currentScore",),
}

#: Kinds of flags. The claim and what was told while the run lasted do not fit…
MISMATCH = "run_mismatch"
#: …or the run could not back any claim of this player now…
REFUSED = "run_refused"
#: …or nobody could compare them, because Redis had lost what was told.
UNVERIFIED = "run_unverified"


@dataclass(frozen=True, slots=True)
class Run:
    id: str
    user_id: str
    app: str
    started_at: datetime
    ended_at: datetime | None


class RunRefused(InvalidAction):
    """A run that there is does not back the action. `kind` is that of the flag."""

    def __init__(self, run_id: str, kind: str, field: str, why: str) -> None:
        super().__init__("No run backs this action.", details={field: why})
        self.run_id = run_id
        self.kind = kind
        self.summary = f"{field} {why}"


def run_id(metadata: Mapping[str, Any]) -> str | None:
    """`sessionId` in its canonical form; None where there is none."""
    try:
        return str(UUID(metadata["sessionId"]))
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def check_run(run: Run | None, user_id: str, app: str, now: datetime, least: timedelta) -> Run:
    """The run, if it is the player's, of the app, open and old enough. Raises InvalidAction."""
    if run is None:
        raise InvalidAction("No run backs this action.", details={"sessionId": "is not a run of yours"})
    if run.user_id != user_id:
        raise _refused(run, "is not a run of yours")
    if run.app != app:
        raise _refused(run, f"is a run of {run.app}, not of {app}")
    if run.ended_at is not None:
        raise _refused(run, "has ended")
    if now - run.started_at < least:
        raise _refused(run, f"is younger than {least.total_seconds():g} seconds")
    return run


def _refused(run: Run, why: str) -> RunRefused:
    return RunRefused(run.id, REFUSED, "sessionId", why)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What Redis knew of a run when the claim came, `now` in milliseconds of its clock."""

    run: LiveRun
    now: int


def is_lost(evidence: Evidence | None) -> bool:
    """Whether what was told of the run is gone: Redis does not answer, or has lost it and heard no more."""
    return evidence is None or (evidence.run.at is None and evidence.run.lost is not None)


def check_evidence(evidence: Evidence, claimed: Mapping[str, int | Decimal], fed: frozenset[str]) -> None:
    """Raises RunRefused unless there was progress lately, and the claim's fields agree with it.

    `fed`: the fields that a board, or the points, come from; they must have been told, others may have been.
    """
    run = evidence.run
    if run.at is None or evidence.now - run.at > PROGRESS_MS:
        why = f"had no progress in the last {PROGRESS_MS // 1000} seconds"
        raise RunRefused(run.id, MISMATCH, "sessionId", why)
    for field, value in claimed.items():
        if field in TOLD_AS:
            _check_field(run, field, value, is_fed=field in fed)


def _check_field(run: LiveRun, field: str, value: int | Decimal, *, is_fed: bool) -> None:
    told = next((name for name in TOLD_AS[field] if name in run.values), None)
    if told is None:
        if is_fed:
            raise RunRefused(run.id, MISMATCH, field, f"was never told as `{TOLD_AS[field][0]}`")
        return
    live = Decimal(str(run.values[told]))
    if not agrees(value, live, AGREES_AT_LEAST[told]):
        raise RunRefused(run.id, MISMATCH, field, f"is {float(value):.10g}, but `{told}` was {live}")


def agrees(claimed: int | Decimal, live: Decimal, least: int) -> bool:
    """Within ±10 % of what was told, which it is relative to, or `least` where that is more."""
    return abs(Decimal(claimed) - live) <= max(abs(live) * AGREES_SHARE, Decimal(least))
