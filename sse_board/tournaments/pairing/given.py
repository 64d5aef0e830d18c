"""Pairings that the organiser gives are held against who plays. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sse_board.errors import InvalidRequest
from sse_board.tournaments.pairing.present import requested_byes, takes_part
from sse_board.tournaments.tournament import Pairing, Picture

#: So many are named in a refusal; more would hide the reason.
NAMED = 10


def check_given(picture: Picture, number: int, pairings: Sequence[Pairing]) -> tuple[Pairing, ...]:
    """The round as the organiser wants it: boards in their order, then byes, and those that were asked for.

    Everybody who plays in it stands in it once; who asked for a bye may be left out, or be given one, but no game.
    Second meetings and second byes are the organiser's business: they may have reasons that no rule knows.
    Raises InvalidRequest.
    """
    for pairing in pairings:
        _check_one(pairing)
    _check_byes(pairings)
    _check_players(picture, number, pairings)
    named = set(_named(pairings))
    asked = [one for one in requested_byes(picture, number) if one.white not in named]
    return (*sorted([*pairings, *asked], key=lambda pairing: pairing.black is None),)


def _check_one(pairing: Pairing) -> None:
    if pairing.white == pairing.black:
        raise InvalidRequest("Nobody plays against themselves.", details={"white": pairing.white})
    if (pairing.black is None) != (pairing.bye is not None):
        raise InvalidRequest(
            "A pairing has a black player or a bye, and not both.", details={"white": pairing.white}
        )


def _check_byes(pairings: Sequence[Pairing]) -> None:
    if sum(pairing.bye == "pairing" for pairing in pairings) > 1:
        raise InvalidRequest("Only one player can be left over: give the others another bye.")


def _check_players(picture: Picture, number: int, pairings: Sequence[Pairing]) -> None:
    playing = [one for one in picture.participants if takes_part(one, number)]
    times = Counter(_named(pairings))
    known = {one.id for one in picture.participants}
    _refuse("There is no such participant.", (id for id in times if id not in known))
    there = {one.id for one in playing}
    _refuse("These take no part in the round.", (id for id in times if id not in there))
    _refuse("These are paired more than once.", (id for id, count in times.items() if count > 1))
    asking = {one.id for one in playing if number in one.byes}
    games = {id for pairing in pairings if pairing.black for id in (pairing.white, pairing.black)}
    _refuse("These asked for a bye in this round.", (one.id for one in playing if one.id in asking & games))
    _refuse("These are not paired.", (one.id for one in playing if one.id not in asking and one.id not in times))


def _named(pairings: Iterable[Pairing]) -> list[str]:
    return [id for pairing in pairings for id in (pairing.white, pairing.black) if id is not None]


def _refuse(message: str, ids: Iterable[str]) -> None:
    if found := list(ids):
        raise InvalidRequest(message, details={"participants": found[:NAMED]})
