"""Layout shift is counted as the standard says: the worst burst, not all of a visit."""

from sse_board.bench.browser import Shift, cumulative_layout_shift


def test_only_what_shifts_together_is_added() -> None:
    assert cumulative_layout_shift([]) == 0
    assert cumulative_layout_shift([Shift(0, 0.1), Shift(0.9, 0.2), Shift(2.0, 0.25)]) == 0.1 + 0.2
    assert cumulative_layout_shift([Shift(0, 0.1), Shift(1.0, 0.2)]) == 0.2, "a second of rest ends a burst"


def test_a_burst_is_over_after_five_seconds() -> None:
    steady = [Shift(at * 0.75, 1.0) for at in range(20)]
    assert cumulative_layout_shift(steady) == 7, "those at 0 to 4.5 seconds"
