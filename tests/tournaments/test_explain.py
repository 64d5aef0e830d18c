"""How a value came about, in words."""

import pytest

from sse_board.errors import NotFound
from sse_board.tournaments.standings.explain import explain
from sse_board.tournaments.standings.explanation import Account
from sse_board.tournaments.tournament import TieBreak
from tests.tournaments.drafts import drafted, tournament
from tests.tournaments.test_exercise import EXERCISE


def account(code: TieBreak, who: str) -> Account:
    (told,) = explain(drafted(EXERCISE, tournament(rounds=5, tie_breaks=[code])), who).tie_breaks
    return told


def test_opponents_dummies_and_the_cut_are_told_round_by_round() -> None:
    """Player 4 of the exercise: 3 + 2½ + 1½ + 3½ + 3½, of which the bye is cut, not the lowest."""
    told = account("BH-C1", "4").rounds
    assert [(share.value, share.is_cut) for share in told] == [
        (3, False),
        (2.5, True),
        (1.5, False),
        (3.5, False),
        (3.5, False),
    ]
    assert told[0].words == (
        "Won against Player 12. Player 12 has 2 points, and counts for 3: rounds 4 and 5, missed by choice with "
        "nothing played after, count as draws to others."
    )
    assert told[1].words == (
        "Half-point bye. Counts as a game with a dummy that has 2½ points: no more than a draw in each of 5 "
        "rounds. Cut: the lowest of the rounds missed by choice, because it is not lower than the lowest of all."
    )
    assert told[2].words == "Won against Player 13. Player 13 has 1½ points."


def test_a_forfeit_counts_for_no_more_than_the_opponent() -> None:
    share = account("SB-C1", "11").rounds[3]
    assert share.opponent is not None
    assert (share.opponent.name, share.counts, share.points, share.value) == ("Player 9", 1.5, 1, 1.5)
    assert share.words == (
        "Won by forfeit against Player 9. Counts as a game with a dummy that has 1½ points: no more than Player 9 "
        "counts for. 1½ × 1 = 1½. Cut: what was made against the lowest opponent."
    )


def test_wins_and_running_scores_are_told() -> None:
    assert [share.value for share in account("WIN", "12").rounds] == [0, 1, 1, 0, 0]
    assert [share.value for share in account("WON", "12").rounds] == [0, 0, 0, 0, 0]
    assert account("PS", "12").rounds[2].words == "Won by forfeit against Player 14. 2 points after that."


def test_direct_encounter_tells_who_was_tied_and_what_they_made_of_it() -> None:
    assert account("DE", "5").words == (
        "Player 5, Player 8 and Player 11 are tied. Not all have met. In the games between them, with what those "
        "missing could bring: Player 5 (1 to 2), Player 8 (0 to 2) and Player 11 (0 to 1). That separates nobody."
    )
    assert account("DE", "2").words == "Nobody else is tied here."


def test_direct_encounter_tells_of_each_look() -> None:
    text = "1 +2 +3 +4 Z | 2 -1 F F F | 3 F -1 F F | 4 F F -1 F"
    picture = drafted(text, tournament(rounds=4, tie_breaks=["DE"]))
    (told,) = explain(picture, "3").tie_breaks
    assert (told.value, [share.round for share in told.rounds]) == (2, [2])
    assert told.words == (
        "Player 1, Player 2, Player 3 and Player 4 are tied. Not all have met. In the games between them, with "
        "what those missing could bring: Player 1 (3), Player 2 (0 to 2), Player 3 (0 to 2) and "
        "Player 4 (0 to 2). Player 2, Player 3 and Player 4 are still tied. Not all have met. In the games "
        "between them, with what those missing could bring: Player 2 (0 to 2), Player 3 (0 to 2) and "
        "Player 4 (0 to 2). "
        "That makes place 2 of 4."
    )


def test_who_is_not_in_the_standings_has_no_explanation() -> None:
    with pytest.raises(NotFound):
        explain(drafted(EXERCISE, tournament(rounds=5)), "17")
