"""Tournaments by lot: every tie-break of every player, and every rank, is what gacrux says."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

import pytest

from sse_board.tournaments.standings.table import standings
from sse_board.tournaments.tournament import Edition, Picture, Points, TieBreak
from tests.soak.scale import SEED, scaled
from tests.tournaments.chance import Habits, round_robin, swiss
from tests.tournaments.drafts import drafted, tournament
from tests.tournaments.oracle import generated, own, verdicts

#: Of each kind; five kinds in both editions.
TOURNAMENTS = scaled(3, 50)
CODES: tuple[TieBreak, ...] = get_args(TieBreak)

Draw = Callable[[random.Random, Edition], Picture]


def shuffled(dice: random.Random, codes: Sequence[TieBreak] = CODES) -> list[TieBreak]:
    """What comes first decides between whom the others, above all direct encounter, still have to."""
    return dice.sample(codes, k=len(codes))


def eventful(dice: random.Random, edition: Edition) -> Picture:
    return swiss(
        dice, edition=edition, tie_breaks=shuffled(dice), players=dice.randint(4, 40), rounds=dice.randint(1, 9)
    )


def chaotic(dice: random.Random, edition: Edition) -> Picture:
    """Hardly anybody comes."""
    habits = Habits(forfeit=0.3, bye=0.3, withdrawal=0.2, late=0.4)
    return swiss(
        dice, edition=edition, tie_breaks=shuffled(dice), players=dice.randint(4, 20), rounds=9, habits=habits
    )


def crowded(dice: random.Random, edition: Edition) -> Picture:
    """Large groups are tied, for direct encounter comes first."""
    codes: list[TieBreak] = ["DE", *shuffled(dice, [code for code in CODES if code != "DE"])]
    quiet = Habits(forfeit=0.01, bye=0.01, withdrawal=0, late=0)
    return swiss(dice, edition=edition, tie_breaks=codes, players=dice.randint(6, 80), rounds=5, habits=quiet)


def unusual(dice: random.Random, edition: Edition) -> Picture:
    """Points that are not 1, ½ and 0."""
    points = dice.choice([Points(6, 2, 0, 6), Points(2, 1, 0, 1), Points(4, 2, 1, 4), Points(3, 1, 0, 3)])
    codes = shuffled(dice, [code for code in CODES if code != "DE" or points.loss == 0])
    return swiss(dice, edition=edition, tie_breaks=codes, players=dice.randint(4, 30), rounds=7, points=points)


def all_against_all(dice: random.Random, edition: Edition) -> Picture:
    codes = [code for code in CODES if edition == "2024" or code not in ("BH", "BH-C1")]
    players, cycles = dice.randint(3, 12), dice.choice([1, 2])
    return round_robin(dice, edition=edition, tie_breaks=shuffled(dice, codes), players=players, cycles=cycles)


@pytest.mark.parametrize("edition", ["2024", "2026"])
@pytest.mark.parametrize("draw", [eventful, chaotic, crowded, unusual, all_against_all])
def test_every_value_and_rank_is_what_gacrux_says(draw: Draw, edition: Edition) -> None:
    for number in range(TOURNAMENTS):
        picture = draw(random.Random(f"{SEED} {edition} {number}"), edition)
        assert own(standings(picture)) == verdicts(picture), (number, picture.tournament)


def test_so_is_it_in_tournaments_that_gacrux_paired(tmp_path: Path) -> None:
    for number, text in enumerate(generated(tmp_path, TOURNAMENTS, players=scaled(15, 25), rounds=9)):
        codes = shuffled(random.Random(f"{SEED} {number}"))
        picture = drafted(text, tournament(rounds=9, tie_breaks=codes))
        assert own(standings(picture)) == verdicts(picture), (number, text)
