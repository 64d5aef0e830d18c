"""Which game is played on which board. Pure.

FIDE C.04.2.D: by the score of the stronger player, then the sum of both scores, then the smaller starting number.
"""

from collections.abc import Iterable, Mapping

from sse_board.tournaments.tournament import Pairing, Picture
from sse_board.tournaments.trf.cells import cells_by_number, numbers, score


def in_board_order(picture: Picture, number: int, pairings: Iterable[Pairing]) -> tuple[Pairing, ...]:
    """As they stand before the round `number`; byes come last."""
    known = numbers(picture)
    scores = scores_before(picture, number)
    return tuple(sorted(pairings, key=lambda pairing: _board_key(pairing, known, scores)))


def scores_before(picture: Picture, number: int) -> dict[int, int]:
    """Half-points by starting number."""
    points = picture.tournament.points
    return {who: score(cells, points) for who, cells in cells_by_number(picture, number).items()}


def _board_key(pairing: Pairing, known: Mapping[str, int], scores: Mapping[int, int]) -> tuple[int, ...]:
    sides = [known[id] for id in (pairing.white, pairing.black) if id is not None]
    reached = [scores[side] for side in sides]
    return (_bye_place(pairing), -max(reached), -sum(reached), min(sides))


def _bye_place(pairing: Pairing) -> int:
    if pairing.black is not None:
        return 0
    return 1 if pairing.bye == "pairing" else 2
