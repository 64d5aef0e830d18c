"""Tournaments by lot: whoever is there is paired with anybody, and everything happens that can happen."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sse_board.tournaments.tournament import Bye, Edition, Participant, Picture, Points, Result, Round, TieBreak
from tests.tournaments.drafts import Told, participant, round_of, tournament

RESULTS: Sequence[Result] = ("1-0", "1-0", "1/2-1/2", "0-1", "0-1")
FORFEITS: Sequence[Result] = ("+/-", "-/+", "-/-")
ASKED: Sequence[Bye] = ("half", "half", "zero", "full")


@dataclass(frozen=True)
class Habits:
    """How often things happen, between 0 and 1: to a player or a game, in a round."""

    forfeit: float = 0.06
    bye: float = 0.06
    withdrawal: float = 0.04
    late: float = 0.15


def swiss(
    dice: random.Random,
    *,
    edition: Edition,
    tie_breaks: Sequence[TieBreak],
    players: int,
    rounds: int,
    habits: Habits = Habits(),
    points: Points | None = None,
) -> Picture:
    """Opponents by lot among those who are there; nobody is paired with the same opponent twice, where it can be
    helped."""
    whole = tournament(rounds=rounds, tie_breaks=tie_breaks, edition=edition, points=points)
    people = [_person(dice, number, rounds, habits) for number in range(1, players + 1)]
    met: set[frozenset[str]] = set()
    played = [round_of(number, _games(dice, people, number, met, habits)) for number in range(1, rounds + 1)]
    return Picture(whole, tuple(people), tuple(played))


def _person(dice: random.Random, number: int, rounds: int, habits: Habits) -> Participant:
    entered = dice.randint(2, rounds) if rounds > 1 and dice.random() < habits.late else 1
    leaves = [round for round in range(entered + 1, rounds + 1) if dice.random() < habits.withdrawal]
    return participant(number, entered_round=entered, withdrawn_from=leaves[0] if leaves else None)


def _games(
    dice: random.Random, people: Sequence[Participant], number: int, met: set[frozenset[str]], habits: Habits
) -> Iterator[Told]:
    there = [one.id for one in people if one.plays(number)]
    dice.shuffle(there)
    away = [id for id in there if dice.random() < habits.bye]
    yield from ((id, None, dice.choice(ASKED), None) for id in away)
    waiting = [id for id in there if id not in away]
    while len(waiting) > 1:
        white = waiting.pop()
        black = next((id for id in waiting if frozenset((white, id)) not in met), waiting[-1])
        waiting.remove(black)
        met.add(frozenset((white, black)))
        yield white, black, None, dice.choice(FORFEITS if dice.random() < habits.forfeit else RESULTS)
    yield from ((id, None, "pairing", None) for id in waiting)


def round_robin(
    dice: random.Random, *, edition: Edition, tie_breaks: Sequence[TieBreak], players: int, cycles: int = 1
) -> Picture:
    """Everybody against everybody, `cycles` times, with forfeits; who is free in a round has no game."""
    order = [str(number) for number in range(1, players + 1)] + [""] * (players % 2)
    rounds: list[Round] = []
    for cycle in range(cycles):
        for _ in range(len(order) - 1):
            rounds.append(round_of(len(rounds) + 1, _table(dice, order, cycle % 2 == 1)))
            order = [order[0], order[-1], *order[1:-1]]
    whole = tournament(rounds=len(rounds), tie_breaks=tie_breaks, edition=edition, system="round_robin")
    return Picture(whole, tuple(participant(number) for number in range(1, players + 1)), tuple(rounds))


def _table(dice: random.Random, order: Sequence[str], turned: bool) -> Iterator[Told]:
    half = len(order) // 2
    for white, black in zip(order[:half], reversed(order[half:]), strict=True):
        if white and black:
            result = dice.choice(FORFEITS if dice.random() < 0.08 else RESULTS)
            yield (black, white, None, result) if turned else (white, black, None, result)
