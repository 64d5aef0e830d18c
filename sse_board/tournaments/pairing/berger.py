"""Who meets whom in a round-robin: the Berger tables of FIDE C.05, annex 1. Pure."""

from collections.abc import Sequence

#: White and Black by starting number; one number more than there are players stands for nobody.
Pairs = list[tuple[int, int]]


def berger_round(players: int, round: int, rounds: int) -> Pairs:
    """The games of one round, in board order, of a tournament with so many `rounds`.

    Each cycle of rounds repeats the one before with colours reversed. Where there are two or more, the last two
    rounds of the first change places, as the annex recommends: else some had one colour three times running.
    """
    cycle, place = divmod(round - 1, cycle_length(players))
    if cycle == 0 and is_reordered(players, rounds):
        place = _last_two_swapped(place, cycle_length(players))
    pairs = _table_round(players + players % 2, place + 1)
    return pairs if cycle % 2 == 0 else [(black, white) for white, black in pairs]


def cycle_length(players: int) -> int:
    """Rounds until everybody has met everybody."""
    return max(players + players % 2 - 1, 1)


def is_reordered(players: int, rounds: int) -> bool:
    """Whether the last two rounds of the first cycle change places."""
    return rounds >= 2 * cycle_length(players)


def _last_two_swapped(place: int, length: int) -> int:
    return 2 * length - 3 - place if length > 1 and place >= length - 2 else place


def _table_round(even: int, round: int) -> Pairs:
    """The last number stays where it is, and the others turn around it, by half a circle each round."""
    circle = even - 1
    first = (round - 1) * (even // 2) % circle
    last_game = (first + 1, even) if round % 2 else (even, first + 1)
    others = [((first + step) % circle + 1, (first - step) % circle + 1) for step in range(1, even // 2)]
    return [last_game, *others]


def present_pairs(pairs: Sequence[tuple[int, int]], players: int) -> tuple[Pairs, list[int]]:
    """The games, and who is free because their opponent is nobody."""
    games = [pair for pair in pairs if max(pair) <= players]
    free = [min(pair) for pair in pairs if max(pair) > players]
    return games, free
