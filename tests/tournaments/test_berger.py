"""Round-robins follow the tables that FIDE printed (C.05, annex 1)."""

import random
from itertools import combinations, permutations

import pytest

from sse_board.errors import Conflict
from sse_board.tournaments.pairing.berger import berger_round, cycle_length
from sse_board.tournaments.pairing.roundrobin import pair_round_robin
from sse_board.tournaments.trf.cells import numbers
from tests.tournaments.simulated import begun

#: As printed, for 5 or 6 and for 7 or 8 players.
SIX = """
1-6 2-5 3-4
6-4 5-3 1-2
2-6 3-1 4-5
6-5 1-4 2-3
3-6 4-2 5-1
"""
EIGHT = """
1-8 2-7 3-6 4-5
8-5 6-4 7-3 1-2
2-8 3-1 4-7 5-6
8-6 7-5 1-4 2-3
3-8 4-2 5-1 6-7
8-7 1-6 2-5 3-4
4-8 5-3 6-2 7-1
"""


def table(text: str) -> list[list[tuple[int, int]]]:
    lines = text.strip().splitlines()
    return [[(int(pair[0]), int(pair[2])) for pair in line.split()] for line in lines]


@pytest.mark.parametrize(("players", "printed"), [(6, SIX), (5, SIX), (8, EIGHT), (7, EIGHT)])
def test_rounds_are_those_of_the_printed_table(players: int, printed: str) -> None:
    rounds = cycle_length(players)
    assert [berger_round(players, round, rounds) for round in range(1, rounds + 1)] == table(printed)


def test_in_a_double_round_robin_the_last_two_rounds_of_the_first_cycle_change_places() -> None:
    printed = table(SIX)
    first = [printed[at] for at in (0, 1, 2, 4, 3)]
    second = [[(black, white) for white, black in pairs] for pairs in printed]
    assert [berger_round(6, round, 10) for round in range(1, 11)] == first + second


@pytest.mark.parametrize("players", range(2, 31))
def test_everybody_meets_everybody_once_with_either_colour_in_two_cycles(players: int) -> None:
    rounds = 2 * cycle_length(players)
    games = [pair for round in range(1, rounds + 1) for pair in berger_round(players, round, rounds)]
    real = sorted(pair for pair in games if max(pair) <= players)
    assert real == sorted(permutations(range(1, players + 1), 2))
    half = sorted(frozenset(pair) for pair in games[: len(games) // 2] if max(pair) <= players)
    assert {tuple(sorted(pair)) for pair in half} == set(combinations(range(1, players + 1), 2))


@pytest.mark.parametrize("players", range(4, 31))
def test_nobody_has_one_colour_three_times_running_in_two_cycles(players: int) -> None:
    rounds = 2 * cycle_length(players)
    for player in range(1, players + 1):
        pairs = [pair for round in range(1, rounds + 1) for pair in berger_round(players, round, rounds)]
        colours = "".join("wb"[pair.index(player)] for pair in pairs if player in pair and max(pair) <= players)
        assert "www" not in colours
        assert "bbb" not in colours


def test_who_is_free_gets_no_point_and_a_withdrawn_player_is_paired() -> None:
    """Their opponents' games are due: the organiser enters a forfeit."""
    picture = begun(random.Random(1), 5, 5, "round_robin")
    known = numbers(picture)
    round = pair_round_robin(picture, 2)
    seen = [(known[one.white], one.black and known[one.black], one.bye) for one in round]
    assert seen == [(5, 3, None), (1, 2, None), (4, None, "zero")]


def test_one_player_is_no_round_robin() -> None:
    with pytest.raises(Conflict):
        pair_round_robin(begun(random.Random(1), 1, 1, "round_robin"), 1)
