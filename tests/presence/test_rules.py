"""The count that is told: it falls when people leave, and never because a store was away."""

import pytest

from sse_board.presence.rules import BELIEVED_SECONDS, SETTLE_SECONDS, Count, Look, is_noticeable

OLD = 3_600.0


def test_a_count_follows_what_redis_says() -> None:
    count = Count()
    assert count.is_partial
    assert count.looked(Look(5, OLD), own=2, now=0.0)
    assert (count.now, count.is_partial) == (5, False)
    assert not count.looked(Look(5, OLD), own=2, now=1.0)
    assert count.looked(Look(3, OLD), own=2, now=2.0)
    assert count.now == 3


def test_an_emptied_redis_takes_nobody_away_and_those_who_left_meanwhile_go_when_it_is_full_again() -> None:
    count = Count()
    count.looked(Look(5, OLD), own=2, now=0.0)
    assert not count.looked(Look(0, 0.0), own=2, now=1.0)
    assert not count.looked(Look(4, SETTLE_SECONDS - 0.1), own=2, now=2.0)
    assert count.looked(Look(4, SETTLE_SECONDS), own=2, now=3.0)
    assert count.now == 4


def test_a_redis_that_was_away_is_not_believed_before_all_have_told_it_anew() -> None:
    count = Count()
    count.looked(Look(5, OLD), own=2, now=0.0)
    assert not count.lost(own=2, now=1.0)
    assert not count.looked(Look(0, OLD), own=2, now=2.0)
    assert count.looked(Look(4, OLD), own=2, now=2.0 + SETTLE_SECONDS)
    assert count.now == 4


def test_a_count_that_nobody_could_look_up_for_long_is_that_of_this_process_and_says_so() -> None:
    count = Count()
    count.looked(Look(5, OLD), own=2, now=0.0)
    assert not count.lost(own=2, now=BELIEVED_SECONDS - 1)
    assert count.lost(own=2, now=BELIEVED_SECONDS + 1)
    assert (count.now, count.is_partial) == (2, True)


@pytest.mark.parametrize(
    ("told", "count", "worth"),
    [(0, 0, False), (0, 1, True), (49, 50, True), (100, 102, False), (100, 103, True), (1_000, 900, True)],
)
def test_small_numbers_are_told_exactly_and_large_ones_roughly(told: int, count: int, worth: bool) -> None:
    assert is_noticeable(told, count) == worth
