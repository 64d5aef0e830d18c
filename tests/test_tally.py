"""Counts by bucket, against counting one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.tally import SECONDS, Tally


@given(st.lists(st.one_of(st.floats(0, 100), st.sampled_from(SECONDS))))
def test_each_value_is_counted_below_the_first_bound_that_it_does_not_exceed(values: list[float]) -> None:
    tally = Tally()
    for value in values:
        tally.add(value)
    assert sum(tally.counts) == len(values)
    assert tally.total == pytest.approx(sum(values))
    for number, bound in enumerate(tally.bounds):
        assert sum(tally.counts[: number + 1]) == sum(value <= bound for value in values)


async def test_what_fails_is_timed_too() -> None:
    async def fail() -> None:
        raise ValueError("broken")

    tally = Tally()
    with pytest.raises(ValueError, match="broken"):
        await tally.timed(fail())
    assert sum(tally.counts) == 1
