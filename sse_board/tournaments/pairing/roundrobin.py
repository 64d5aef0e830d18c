"""The next round of a round-robin. Pure."""

from sse_board.errors import Conflict
from sse_board.tournaments.pairing.berger import berger_round, present_pairs
from sse_board.tournaments.tournament import Pairing, Picture
from sse_board.tournaments.trf.cells import numbers


def pair_round_robin(picture: Picture, number: int) -> tuple[Pairing, ...]:
    """By the Berger tables. Who withdrew, or asked for a bye, is paired all the same, because the opponent's game
    is due: its result is a forfeit. With an odd number of players one is free each round, without a point.

    Raises Conflict when there are too few players.
    """
    ids = {place: id for id, place in numbers(picture).items()}
    places = sorted(ids)
    if len(places) < 2:
        raise Conflict("A round-robin needs two players.")
    pairs = berger_round(len(places), number, picture.tournament.rounds)
    games, free = present_pairs(pairs, len(places))
    by_place = [ids[place] for place in places]
    return (
        *(Pairing(by_place[white - 1], by_place[black - 1]) for white, black in games),
        *(Pairing(by_place[place - 1], None, "zero") for place in free),
    )
