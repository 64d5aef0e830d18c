"""Many Swiss tournaments, up to as many players as the other engine can pair."""

import pytest

from tests.soak.scale import scaled
from tests.tournaments.test_swiss import check_tournament

#: Seeds, players and rounds. The suite pairs more of the small ones elsewhere (`tests/tournaments/test_swiss.py`).
FIELDS = [
    *((seed, 20, 7) for seed in range(scaled(2, 200))),
    *((seed, 13, 7) for seed in range(scaled(2, 100))),
    *((seed, 31, 9) for seed in range(scaled(1, 5))),
    *((seed, 50, 9) for seed in range(scaled(0, 2))),
]


@pytest.mark.parametrize(("seed", "players", "rounds"), FIELDS)
def test_rounds_keep_the_rules_and_are_those_of_another_engine(seed: int, players: int, rounds: int) -> None:
    check_tournament(seed, players, rounds)
