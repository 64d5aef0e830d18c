"""Moments read the same wherever they were kept."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sse_board.clock import from_milliseconds, iso, to_milliseconds

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(MOMENTS)
def test_a_moment_kept_in_milliseconds_reads_as_before(moment: datetime) -> None:
    """Redis keeps milliseconds and PostgreSQL microseconds; one version must show one time."""
    assert iso(from_milliseconds(to_milliseconds(moment))) == iso(moment)
