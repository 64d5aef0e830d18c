"""What a claim must satisfy, and what it is worth. Pure: the clock and the history come in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from sse_board.boards.board import Board
from sse_board.boards.rules import InexactScore, exact
from sse_board.errors import InvalidAction, RateLimited
from sse_board.scores.action import ActionType, Award, Bound, Claim, Number
from sse_board.web.answers import plain_number
from sse_board.web.limits import limited

#: A claim may be this old: long enough for a phone that was in a tunnel.
OLDEST = timedelta(minutes=5)
#: …or this far ahead: clocks differ.
AHEAD = timedelta(seconds=30)
#: The sliding window of the action rate.
RATE_WINDOW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class OfType:
    """What a player did of one type: when last, and how often today (UTC)."""

    last: datetime | None
    today: int


def check_rate(times: Sequence[datetime], now: datetime, quota: int) -> None:
    """`times`: every attempt of the player, in order. Raises RateLimited."""
    recent = [time for time in times if time > now - RATE_WINDOW]
    if len(recent) >= quota:
        wait = recent[len(recent) - quota] + RATE_WINDOW - now
        raise limited("actions", quota, int(RATE_WINDOW.total_seconds()), _seconds(wait), "Too many actions.")


def check_type_limits(kind: ActionType, done: OfType, now: datetime) -> None:
    """The cooldown and the daily cap of one type. Raises RateLimited."""
    if kind.cooldown_seconds and done.last is not None:
        wait = done.last + timedelta(seconds=kind.cooldown_seconds) - now
        if wait > timedelta():
            raise _of_type(kind, 1, kind.cooldown_seconds, wait, "This action has a cooldown.")
    if kind.daily_cap is not None and done.today >= kind.daily_cap:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        raise _of_type(kind, kind.daily_cap, 86_400, midnight - now, "This action has a daily cap.")


def _of_type(kind: ActionType, quota: int, window: int, wait: timedelta, message: str) -> RateLimited:
    return limited(kind.slug, quota, window, _seconds(wait), message)


def _seconds(wait: timedelta) -> int:
    return max(1, ceil(wait.total_seconds()))


def check_time(claimed_at: datetime, now: datetime) -> None:
    """Raises InvalidAction for a claim from too far away in time."""
    if not now - OLDEST <= claimed_at <= now + AHEAD:
        raise InvalidAction(
            "The timestamp is more than 5 minutes old or more than 30 seconds ahead.",
            details={"timestamp": "must be the present time"},
        )


def worth(claim: Claim, kind: ActionType, find_board: Callable[[str], Board | None]) -> Award:
    """Points and the value for each board. Raises InvalidAction naming every wrong field."""
    wrong: dict[str, str] = {}
    fields = _numbers(claim.metadata, kind, wrong)
    points = kind.points.fixed if kind.points.field is None else fields.get(kind.points.field)
    values: list[tuple[Board, int]] = []
    for target in kind.targets:
        board = find_board(target.board)
        value = points if target.field is None else fields.get(target.field)
        if board is not None and value is not None:
            try:
                values.append((board, exact(board, value)))
            except InexactScore as error:
                wrong[target.field or kind.points.field or "points"] = str(error)
    if wrong or points is None:
        raise InvalidAction("The action's metadata is wrong.", details=wrong)
    return Award(plain_number(Decimal(points)), tuple(values))


def _numbers(metadata: Mapping[str, Any], kind: ActionType, wrong: dict[str, str]) -> dict[str, Number]:
    """Every field that the type speaks of, as a number within its bounds."""
    found: dict[str, Number] = {}
    for name, bound in _bounds(kind).items():
        value = metadata.get(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            wrong[name] = "is required" if value is None else "must be a number"
        elif problem := _outside(value, bound):
            wrong[name] = problem
        else:
            found[name] = value
    return found


def _bounds(kind: ActionType) -> dict[str, Bound]:
    fed = {target.field: Bound() for target in kind.targets if target.field is not None}
    points = {kind.points.field: kind.points.bound} if kind.points.field is not None else {}
    return {**fed, **points, **kind.bounds}


def _outside(value: Number, bound: Bound) -> str | None:
    if bound.min is not None and value < bound.min:
        return f"must be at least {bound.min}"
    if bound.max is not None and value > bound.max:
        return f"must be at most {bound.max}"
    return None
