"""What a claim must satisfy, and what it is worth."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sse_board.boards.board import Board
from sse_board.errors import InvalidAction, RateLimited
from sse_board.scores.action import ActionType, Bound, Claim, Points, Target
from sse_board.scores.rules import OfType, check_rate, check_time, check_type_limits, worth

NOW = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)
BOARDS = {
    slug: Board(slug, slug, "", policy, "desc", decimals, "first", 1)  # type: ignore[arg-type]
    for slug, policy, decimals in [("scoreboard", "sum", 0), ("typing_wpm", "best", 1)]
}
TYPING = ActionType(
    "typing_complete",
    Points(fixed=10),
    (Target("typing_wpm", "wpm"), Target("scoreboard")),
    {"wpm": Bound(0, 300), "accuracy": Bound(0, 100)},
)


def claim(**metadata: Any) -> Claim:
    return Claim("u", "a", "typing_complete", NOW, metadata, "s", "r")


def seconds_ago(*seconds: float) -> list[datetime]:
    return [NOW - timedelta(seconds=one) for one in seconds]


def test_the_tenth_action_of_a_minute_passes_and_the_eleventh_does_not() -> None:
    check_rate(seconds_ago(*range(59, 50, -1)), NOW, 10)
    with pytest.raises(RateLimited):
        check_rate(seconds_ago(*range(59, 49, -1)), NOW, 10)


def test_the_window_slides() -> None:
    check_rate(seconds_ago(*range(70, 60, -1), 60), NOW, 10)


def test_retry_after_is_when_the_oldest_attempt_leaves_the_window() -> None:
    with pytest.raises(RateLimited) as refused:
        check_rate(seconds_ago(45, 30, 1), NOW, 3)
    assert refused.value.headers["Retry-After"] == "15"
    assert refused.value.headers["RateLimit-Policy"] == '"actions";q=3;w=60'


def test_a_cooldown_ends_to_the_second() -> None:
    kind = ActionType("quiz", Points(fixed=100), (), {}, cooldown_seconds=30)
    check_type_limits(kind, OfType(NOW - timedelta(seconds=30), 1), NOW)
    with pytest.raises(RateLimited) as refused:
        check_type_limits(kind, OfType(NOW - timedelta(seconds=29), 1), NOW)
    assert refused.value.headers["Retry-After"] == "1"


def test_a_daily_cap_lasts_until_midnight() -> None:
    kind = ActionType("daily", Points(fixed=1), (), {}, daily_cap=3)
    check_type_limits(kind, OfType(NOW, 2), NOW)
    with pytest.raises(RateLimited) as refused:
        check_type_limits(kind, OfType(NOW, 3), NOW)
    assert refused.value.headers["Retry-After"] == str(13 * 3600 + 30 * 60)


@pytest.mark.parametrize("seconds", [-300, 0, 30])
def test_a_claim_of_these_minutes_is_taken(seconds: int) -> None:
    check_time(NOW + timedelta(seconds=seconds), NOW)


@pytest.mark.parametrize("seconds", [-301, 31])
def test_a_claim_from_another_time_is_refused(seconds: int) -> None:
    with pytest.raises(InvalidAction):
        check_time(NOW + timedelta(seconds=seconds), NOW)


def test_a_type_feeds_boards_with_fields_and_with_points() -> None:
    award = worth(claim(wpm=Decimal("95.5"), accuracy=99), TYPING, BOARDS.get)
    assert award.points == 10
    assert [(board.slug, value) for board, value in award.values] == [("typing_wpm", 955), ("scoreboard", 10)]


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        ({"accuracy": 99}, "wpm"),
        ({"wpm": 301, "accuracy": 99}, "wpm"),
        ({"wpm": -1, "accuracy": 99}, "wpm"),
        ({"wpm": "95", "accuracy": 99}, "wpm"),
        ({"wpm": True, "accuracy": 99}, "wpm"),
        ({"wpm": Decimal("95.55"), "accuracy": 99}, "wpm"),
        ({"wpm": 95}, "accuracy"),
    ],
)
def test_wrong_metadata_is_refused_by_name(metadata: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidAction) as refused:
        worth(claim(**metadata), TYPING, BOARDS.get)
    assert list(refused.value.details or {}) == [field]


def test_points_may_come_from_a_bounded_field() -> None:
    kind = ActionType("run", Points(field="cost", bound=Bound(0, 10_000)), (Target("scoreboard"),), {})
    assert worth(claim(cost=9_500), kind, BOARDS.get).points == 9_500
    with pytest.raises(InvalidAction):
        worth(claim(cost=10_001), kind, BOARDS.get)
