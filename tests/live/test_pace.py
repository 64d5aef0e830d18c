"""Pollers are asked to come less often while the process is late."""

from sse_board.live.pace import LEAST_SECONDS, MOST_SECONDS, Pace


def paced(*lateness: float) -> int:
    pace = Pace()
    for seconds in lateness:
        pace.note(seconds)
    return pace.poll_seconds


def test_a_quiet_process_asks_often() -> None:
    assert paced() == paced(0.001, 0.0, -1.0) == LEAST_SECONDS


def test_one_hiccup_changes_little_and_a_lasting_load_much() -> None:
    assert paced(0.1) == LEAST_SECONDS
    assert paced(*[0.1] * 20) > 2 * LEAST_SECONDS
    assert paced(*[0.1] * 20, *[0.0] * 20) == LEAST_SECONDS


def test_nobody_is_sent_away_for_longer_than_the_most() -> None:
    assert paced(*[60.0] * 50) == MOST_SECONDS
