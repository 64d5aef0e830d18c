"""Which tie-breaks a tournament may have."""

import pytest

from sse_board.tournaments.standings.rules import check_tie_breaks


def test_any_list_of_known_ones_is_allowed_and_none_at_all() -> None:
    check_tie_breaks("swiss", "2026", ["BH-C1", "BH", "SB", "SB-C1", "DE", "WIN", "WON", "PS"])
    check_tie_breaks("round_robin", "2026", ["DE", "SB", "WIN"])
    check_tie_breaks("round_robin", "2024", ["BH"])
    check_tie_breaks("manual", "2026", [])


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        (["SB", "KS"], "there is no tie-break KS"),
        (["SB", "DE", "SB"], "SB stands there twice"),
        (["SB", "BH-C1"], "the edition of 2026 bars BH-C1 in round-robins"),
    ],
)
def test_others_are_refused_with_the_reason(codes: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_tie_breaks("round_robin", "2026", codes)
