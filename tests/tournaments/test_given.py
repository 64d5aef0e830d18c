"""What an organiser may pair."""

import random
from typing import Any

import msgspec
import pytest

from sse_board.errors import InvalidRequest
from sse_board.tournaments.pairing.given import check_given
from sse_board.tournaments.tournament import Pairing, Picture
from tests.tournaments.simulated import begun

A, B, C, D, E = range(5)


@pytest.fixture
def picture() -> Picture:
    """Five players: the fourth asked for half a point in the first round, the fifth withdrew before it."""
    picture = begun(random.Random(7), 5, 3, "manual")
    changes: list[dict[str, Any]] = [
        {"byes": {}},
        {"byes": {}},
        {"byes": {}},
        {"byes": {1: "half"}},
        {"byes": {}, "withdrawn_from": 1},
    ]
    people = (
        msgspec.structs.replace(one, entered_round=1, **change)
        for one, change in zip(picture.participants, changes, strict=True)
    )
    return msgspec.structs.replace(picture, participants=tuple(people))


def ids(picture: Picture) -> list[str]:
    return [one.id for one in picture.participants]


def test_boards_stay_in_their_order_and_byes_come_last(picture: Picture) -> None:
    who = ids(picture)
    given = [Pairing(who[C], None, "pairing"), Pairing(who[B], who[A])]
    asked = Pairing(who[D], None, "half")
    assert check_given(picture, 1, given) == (given[1], given[0], asked)


def test_who_asked_for_a_bye_may_be_given_another_one(picture: Picture) -> None:
    who = ids(picture)
    given = [Pairing(who[A], who[B]), Pairing(who[C], None, "zero"), Pairing(who[D], None, "full")]
    assert check_given(picture, 1, given) == tuple(given)


@pytest.mark.parametrize(
    ("games", "message"),
    [
        ([(A, A, None), (B, C, None)], "Nobody plays against themselves."),
        ([(A, None, None), (B, C, None)], "A pairing has a black player or a bye, and not both."),
        ([(A, B, "full"), (C, None, "zero")], "A pairing has a black player or a bye, and not both."),
        ([(A, None, "pairing"), (B, None, "pairing")], "Only one player can be left over: give"),
        ([(A, B, None), (C, A, None)], "These are paired more than once."),
        ([(A, B, None)], "These are not paired."),
        ([(A, B, None), (C, D, None)], "These asked for a bye in this round."),
        ([(A, B, None), (C, E, None)], "These take no part in the round."),
    ],
)  # fmt: skip
def test_wrong_pairings_are_refused(
    picture: Picture, games: list[tuple[int, int | None, str | None]], message: str
) -> None:
    who = ids(picture)
    given = [
        msgspec.convert((who[white], None if black is None else who[black], bye), Pairing)
        for white, black, bye in games
    ]
    with pytest.raises(InvalidRequest, match=message):
        check_given(picture, 1, given)


def test_a_stranger_is_refused_by_name(picture: Picture) -> None:
    who = ids(picture)
    with pytest.raises(InvalidRequest) as refused:
        check_given(picture, 1, [Pairing(who[A], who[B]), Pairing(who[C], "nobody")])
    assert refused.value.details == {"participants": ["nobody"]}
