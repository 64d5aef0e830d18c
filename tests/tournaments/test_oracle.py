"""Where this project and gacrux differ, and who is right; where they agree is in `tests/soak/test_ties.py`."""

from sse_board.tournaments.standings.table import standings
from sse_board.tournaments.tournament import Picture, Points, TieBreak
from tests.tournaments.drafts import drafted, tournament
from tests.tournaments.oracle import own, verdicts


def both(picture: Picture, code: TieBreak, who: str) -> list[float]:
    """Our value and gacrux's."""
    said = own(standings(picture)), verdicts(picture)
    return [float(values[code]) for _, values in (one[who] for one in said)]


def test_a_dummy_may_have_a_draw_for_each_scheduled_round_while_the_event_is_on() -> None:
    """16.4.2 says `the number of rounds in the tournament`; gacrux counts those that were played so far."""
    text = "1 +2 U | 2 -1 +3 | 3 U -2"
    after_two = drafted(text, tournament(rounds=4, tie_breaks=["BH"]))
    assert both(after_two, "BH", "1") == [1 + 2, 1 + 1]
    whole = drafted(text, tournament(rounds=2, tie_breaks=["BH"]))
    assert both(whole, "BH", "1") == [1 + 1, 1 + 1]


def test_a_game_that_is_not_over_is_no_absence() -> None:
    """To gacrux nobody came to a game without a result, and so the bye of 3 in round 2 is followed by nothing else
    (16.2.5). Here it is of category 16.2.3 as soon as the third round is under way: no draw to 1."""
    whole = tournament(rounds=3, tie_breaks=["BH"], edition="2024")
    assert both(drafted("1 +3 U U | 2 Z Z ?3 | 3 -1 Z ?2", whole), "BH", "1") == [0 + 3 + 3, 0.5 + 3 + 3]
    assert both(drafted("1 +3 U U | 2 Z Z -3 | 3 -1 Z +2", whole), "BH", "1") == [1 + 3 + 3, 1 + 3 + 3]
    assert both(drafted("1 +3 U U | 2 Z Z +3 | 3 -1 Z -2", whole), "BH", "1") == [0 + 3 + 3, 0 + 3 + 3]


def test_what_missing_games_bring_at_least_is_counted_in_direct_encounter() -> None:
    """6.3 with points for a loss: 1 loses to 4 at worst and has 4½ points, of which 4 can have 4; gacrux counts a
    missing game as nothing at worst."""
    picture = drafted(
        "1 +2 +3 -5 Z | 2 -1 =4 =3 F | 3 =4 -1 =2 F | 4 =3 =2 -6 F | 5 Z Z +1 Z | 6 Z Z +4 Z",
        tournament(rounds=4, tie_breaks=["DE"], points=Points(4, 2, 1, 4)),
    )
    assert {row.score for row in standings(picture).rows if row.participant.id in "1234"} == {9}
    assert both(picture, "DE", "1") == [1, 0]
    assert both(picture, "DE", "4") == [2, 0]


def test_a_half_point_bye_at_the_end_of_a_round_robin_is_worth_half_a_point() -> None:
    """15.2: where pairings are given beforehand nothing is adjusted; gacrux counts it as nothing to others."""
    whole = tournament(rounds=3, tie_breaks=["SB"], system="round_robin")
    picture = drafted("1 +2 +3 H | 2 -1 H +3 | 3 H -1 -2", whole)
    assert both(picture, "SB", "2") == [0.5, 0.5]
    assert both(picture, "SB", "3") == [0, 0]
    picture = drafted("1 +2 +3 U | 2 -1 U H | 3 U -1 H", whole)
    assert both(picture, "SB", "1") == [1.5 + 1.5, 1 + 1]
