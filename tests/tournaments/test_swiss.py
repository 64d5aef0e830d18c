"""Pairings by the Dutch rules: the absolute ones hold in every round, and another engine pairs the same."""

import random

import msgspec
import pytest

from sse_board.errors import Conflict
from sse_board.tournaments.pairing import dutch
from sse_board.tournaments.pairing.present import requested_byes
from sse_board.tournaments.pairing.question import engine_question
from sse_board.tournaments.pairing.swiss import swiss_round
from sse_board.tournaments.tournament import Pairing, Picture
from sse_board.tournaments.trf.reading import read_trf
from sse_board.tournaments.trf.sheet import decode_trf
from tests.tournaments.referee import broken_rules, by_caissify, downfloats
from tests.tournaments.simulated import START, begun, played
from tests.tournaments.test_trf import FILES, new_id

#: Seed, players, rounds; `tests/soak/test_pairings.py` has more and larger ones.
FIELDS = [*((seed, 20, 6) for seed in range(2)), *((seed, 9, 5) for seed in range(6)), (3, 13, 6)]


@pytest.mark.parametrize(("seed", "players", "rounds"), FIELDS)
def test_rounds_keep_the_absolute_rules_and_are_those_of_another_engine(
    seed: int, players: int, rounds: int
) -> None:
    check_tournament(seed, players, rounds)


def check_tournament(seed: int, players: int, rounds: int) -> None:
    """With forfeits, byes of all kinds, withdrawals, late entries, and either initial colour."""
    dice = random.Random(seed)
    *_, last = played(begun(dice, players, rounds), dice, _checked)
    assert len(last.rounds) == rounds


def _checked(picture: Picture, number: int) -> tuple[Pairing, ...]:
    pairs = pairs_of(picture, number)
    round = swiss_round(picture, number, pairs)
    assert not broken_rules(picture, number, round)
    assert set(pairs) == by_caissify(picture, number) or is_better(picture, number, pairs)
    return round


def pairs_of(picture: Picture, number: int) -> list[tuple[int, int]]:
    return dutch.pair(number, engine_question(picture, number))


def is_better(picture: Picture, number: int, pairs: list[tuple[int, int]]) -> bool:
    """In one of some thousand rounds the other engine lets more players float than [C6] allows."""
    return downfloats(picture, number, pairs) < downfloats(picture, number, by_caissify(picture, number))


def test_one_downfloater_is_fewer_than_three() -> None:
    """C.04.3, [C6]: 8 and 6 play, and 3 and 4, so that only 9 goes down; the other engine lets 3, 4 and 8 go."""
    dice = random.Random(1037)
    *_, before = (one for one in played(begun(dice, 9, 6), dice, _paired) if len(one.rounds) < 6)
    pairs, other = [(2, 9), (3, 4), (8, 6), (1, 7)], [(2, 3), (6, 9), (1, 4), (8, 7)]
    assert pairs_of(before, 6) == pairs
    assert set(other) == by_caissify(before, 6)
    assert downfloats(before, 6, pairs) < downfloats(before, 6, other)


def _paired(picture: Picture, number: int) -> tuple[Pairing, ...]:
    return swiss_round(picture, number, pairs_of(picture, number))


def test_byes_that_were_asked_for_come_after_who_is_left_over() -> None:
    picture = begun(random.Random(5), 60, 7)
    round = _paired(picture, 2)
    kinds = [one.bye for one in round]
    asked = [kind for kind in kinds if kind not in (None, "pairing")]
    assert asked == [one.bye for one in requested_byes(picture, 2)]
    assert len(asked) > 1
    assert kinds == [*([None] * kinds.count(None)), *(["pairing"] * kinds.count("pairing")), *asked]


def test_an_answer_that_leaves_somebody_out_is_not_taken() -> None:
    picture = begun(random.Random(3), 6, 3)
    with pytest.raises(Conflict):
        swiss_round(picture, 1, pairs_of(picture, 1)[1:])


def test_an_imported_tournament_goes_on_as_it_would_have() -> None:
    """The file of a whole one, cut off: the initial colour shows in its first round, absences in its blanks."""
    text = decode_trf((FILES / "harbour-open.trf").read_bytes())
    whole = read_trf(text, new_id, START)
    names = {one.id: one.name for one in whole.participants}
    for number in (2, 3, 4, 5):
        cut = msgspec.structs.replace(whole, rounds=whole.rounds[: number - 1])
        expected = [(names[game.white], names.get(game.black or "")) for game in whole.rounds[number - 1].games]
        assert [(names[one.white], names.get(one.black or "")) for one in _paired(cut, number)] == expected
