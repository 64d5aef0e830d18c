"""Who takes part in a demo tournament, and how games end. Pure; the dice come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sse_board.demo.players import Player

#: Who sits down: an odd number, so that somebody is always free.
SEATS = 15
ROUNDS = 7
#: What gift and diligence, which are 0 to 1, make of a beginner.
LOWEST_RATING, RATING_SPAN = 1_400, 1_100
#: How often a game is drawn, and how often somebody does not come.
DRAWN, ABSENT = 0.3, 0.015


@dataclass(frozen=True, slots=True)
class Seat:
    name: str
    rating: int


def seats(players: Sequence[Player], dice: Random) -> list[Seat]:
    """Some of the cast, each with the rating that their talents come to."""
    return [Seat(player.name, _rating(player)) for player in dice.sample(list(players), SEATS)]


def _rating(player: Player) -> int:
    gift = sum(own.gift for own in player.talents.values()) / len(player.talents)
    return LOWEST_RATING + round(RATING_SPAN * gift)


def outcome(white: int, black: int, dice: Random) -> str:
    """A result, by the ratings of both."""
    if dice.random() < ABSENT:
        return dice.choice(["+/-", "-/+"])
    if dice.random() < DRAWN:
        return "1/2-1/2"
    return "1-0" if dice.random() < expected(white, black) else "0-1"


def expected(white: int, black: int) -> float:
    """What White may hope for: the share that Elo's formula gives, with the first move worth 35 points."""
    return float(1 / (1 + 10 ** ((black - white - 35) / 400)))
