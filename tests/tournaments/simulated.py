"""Tournaments that are played by dice: with forfeits, byes of all kinds, withdrawals and late entries."""

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec

from sse_board.tournaments.tournament import (
    Bye,
    Game,
    Pairing,
    Participant,
    Picture,
    Points,
    Result,
    Round,
    System,
    Tournament,
)

Pair = Callable[[Picture, int], tuple[Pairing, ...]]

START = datetime(2026, 5, 1, 10, tzinfo=UTC)
RESULTS: dict[Result, int] = {"1-0": 38, "0-1": 30, "1/2-1/2": 25, "+/-": 3, "-/+": 3, "-/-": 1}
BYES: dict[Bye, int] = {"half": 6, "zero": 3, "full": 1}


def begun(
    dice: random.Random, players: int, rounds: int, system: System = "swiss", points: Points | None = None
) -> Picture:
    """A tournament that has started, some of whose players asked for byes and some of whom come late."""
    tournament = Tournament(
        _id(dice), "Spring Open", START, rounds, system, ("DE", "WIN"), "2026", points or Points(), "active", 1, 1,
        START, START, START, None,
    )  # fmt: skip
    people = tuple(_participant(dice, number, rounds, system) for number in range(1, players + 1))
    return Picture(tournament, people, ())


def _id(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def _participant(dice: random.Random, number: int, rounds: int, system: System) -> Participant:
    entered = dice.randint(2, 3) if dice.random() < 0.04 and system != "round_robin" else 1
    asked = [round for round in range(entered, rounds + 1) if dice.random() < 0.03 and system != "round_robin"]
    byes = {round: dice.choices(list(BYES), list(BYES.values()))[0] for round in asked}
    return Participant(
        _id(dice),
        number,
        f"Player, {number}",
        max(1000, 2500 - 7 * number),
        None,
        None,
        min(entered, rounds),
        None,
        byes,
    )


def played(picture: Picture, dice: random.Random, pair: Pair, withdrawals: float = 0.01) -> Iterator[Picture]:
    """The tournament after each round, the round being over."""
    for number in range(1, picture.tournament.rounds + 1):
        picture = _some_withdraw(picture, dice, number, withdrawals)
        games = [_game(dice, board, one) for board, one in enumerate(pair(picture, number), start=1)]
        round = Round(number, "completed", tuple(games))
        picture = msgspec.structs.replace(picture, rounds=(*picture.rounds, round))
        yield picture


def _some_withdraw(picture: Picture, dice: random.Random, number: int, share: float) -> Picture:
    """Never so many that too few are left to be paired."""
    people = tuple(
        msgspec.structs.replace(one, withdrawn_from=number)
        if number > 1 and one.withdrawn_from is None and one.entered_round < number and dice.random() < share
        else one
        for one in picture.participants
    )
    return msgspec.structs.replace(picture, participants=people)


def _game(dice: random.Random, board: int, pairing: Pairing) -> Game:
    result = None if pairing.black is None else dice.choices(list(RESULTS), list(RESULTS.values()))[0]
    return Game(_id(dice), board, pairing.white, pairing.black, pairing.bye, result, "completed")
