"""Many Swiss tournaments, up to as many players as the other engine can pair."""

import pytest

from tests.tournaments.test_swiss import check_tournament

FIELDS = [
    *((seed, 20, 7) for seed in range(200)),
    *((seed, 13, 7) for seed in range(100)),
    *((seed, 31, 9) for seed in range(5)),
    *((seed, 50, 9) for seed in range(2)),
]


@pytest.mark.parametrize(("seed", "players", "rounds"), FIELDS)
def test_rounds_keep_the_rules_and_are_those_of_another_engine(seed: int, players: int, rounds: int) -> None:
    check_tournament(seed, players, rounds)
