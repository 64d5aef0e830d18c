"""The worked exercise of FIDE's Technical Commission: 16 players, 5 rounds, every kind of round without a game."""

from decimal import Decimal

import pytest

from sse_board.tournaments.standings.row import Table
from sse_board.tournaments.standings.table import standings
from sse_board.tournaments.tournament import Edition, TieBreak
from tests.tournaments.drafts import drafted, tournament

EXERCISE = """
1 +9 =13 =2 +15 =4 | 2 +10 +7 =1 +16 =3 | 3 =11 +6 +8 =4 =2 | 4 +12 H +13 =3 =1
| 5 -13 -15 +11 =7 +10 | 6 -14 -3 U +10 +8 | 7 +15 -2 -16 =5 -11 | 8 =16 +14 -3 +13 -6
| 9 -1 -10 H F-11 U | 10 -2 +9 -15 -6 -5 | 11 =3 -16 -5 F+9 +7 | 12 -4 U F+14 Z Z
| 13 +5 =1 -4 -8 -14 | 14 +6 -8 F-12 Z +13 | 15 -7 +5 +10 -1 -16 | 16 =8 +11 +7 -2 +15
"""
CODES: tuple[TieBreak, ...] = ("BH", "BH-C1", "SB", "SB-C1")
OF_2024: dict[TieBreak, str] = {
    "BH": "12.5 13 15.5 15 8.5 12 14.5 13.5 9 13 13.5 11.5 14 11 12 12.5",
    "BH-C1": "11 12 13 11.5 7.5 11 12.5 12 7.5 11.5 12 9.5 12 9 11 11",
    "SB": "8 9.5 10.5 9.75 4.25 6.5 3.25 5.25 2.25 1.5 5.75 4 4.25 4.5 3.5 7.25",
    "SB-C1": "7.25 8.5 9.25 8 3.25 5.5 1.25 3.75 2.25 0 4.25 4 4.25 3 2.5 5.75",
}
#: Those who differ in the edition of 2026, in the order of CODES.
OF_2026 = {4: "14 11.5 9.25 7.75", 6: "11.5 10.5 6 5", 11: "12.5 11 4.75 3.25"}


def worked(edition: Edition) -> Table:
    return standings(drafted(EXERCISE, tournament(rounds=5, tie_breaks=CODES, edition=edition)))


def values(edition: Edition) -> dict[int, list[Decimal]]:
    known = {number: [Decimal(OF_2024[code].split()[number - 1]) for code in CODES] for number in range(1, 17)}
    if edition == "2026":
        known |= {number: [Decimal(value) for value in line.split()] for number, line in OF_2026.items()}
    return known


@pytest.mark.parametrize("edition", ["2024", "2026"])
def test_the_official_exercise_comes_out_as_it_was_worked(edition: Edition) -> None:
    found = {
        row.participant.number: [Decimal(row.tie_breaks[code]) for code in CODES] for row in worked(edition).rows
    }
    assert found == values(edition)
