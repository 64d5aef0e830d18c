"""Which game is played on which board. Pure.

FIDE C.04.2.D: by the score of the stronger player, then the sum of both scores, then the smaller starting number.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from sse_board.tournaments.tournament import Game, Pairing

#: What has two sides, or one and a bye.
Seats = TypeVar("Seats", Pairing, Game)


def in_board_order(
    seats: Iterable[Seats], numbers: Mapping[str, int], scores: Mapping[int, int]
) -> tuple[Seats, ...]:
    """Games, then who is left over, then the other byes. `numbers` by participant's id, `scores` by number."""
    return tuple(sorted(seats, key=lambda one: _board_key(one, numbers, scores)))


def _board_key(seats: Pairing | Game, numbers: Mapping[str, int], scores: Mapping[int, int]) -> tuple[int, ...]:
    sides = [numbers[id] for id in (seats.white, seats.black) if id is not None]
    reached = [scores[side] for side in sides]
    return (_place_of(seats), -max(reached), -sum(reached), min(sides))


def _place_of(seats: Pairing | Game) -> int:
    if seats.black is not None:
        return 0
    return 1 if seats.bye == "pairing" else 2
