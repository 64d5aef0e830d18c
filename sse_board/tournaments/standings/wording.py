"""Points and rounds in words that players understand. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sse_board.tournaments.standings.row import Outcome

_VULGAR: Mapping[Fraction, str] = {
    Fraction(0): "",
    Fraction(1, 4): "¼",
    Fraction(1, 2): "½",
    Fraction(3, 4): "¾",
    Fraction(1, 3): "⅓",
    Fraction(2, 3): "⅔",
}
_AGAINST: Mapping[Outcome, str] = {
    "1": "Won against",
    "=": "Drew with",
    "0": "Lost to",
    "+": "Won by forfeit against",
    "-": "Lost by forfeit to",
    "": "Not over yet: the game with",
}
_ALONE: Mapping[Outcome, str] = {
    "U": "Bye given by the pairing",
    "F": "Full-point bye",
    "H": "Half-point bye",
    "Z": "No game and no point",
}


def number(value: int | Fraction) -> str:
    """2, 2½, ¾."""
    whole, rest = divmod(Fraction(value), 1)
    if rest not in _VULGAR:
        return str(Fraction(value))
    return f"{whole}{_VULGAR[rest]}" if whole or not rest else _VULGAR[rest]


def halves(count: int | Fraction) -> str:
    """Of half-points."""
    return number(Fraction(count) / 2)


def quarters(count: int) -> str:
    """Of quarter-points."""
    return number(Fraction(count, 4))


def points(count: int) -> str:
    """The same with the word: 1 point, ½ point, 2½ points."""
    return f"{halves(count)} point{'' if 0 < count <= 2 else 's'}"


def met(outcome: Outcome, opponent: str | None) -> str:
    return _ALONE[outcome] if opponent is None else f"{_AGAINST[outcome]} {opponent}"


def listed(words: Sequence[str]) -> str:
    """A, B and C."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def in_rounds(numbers: Sequence[int]) -> str:
    return f"round{'' if len(numbers) == 1 else 's'} {listed([str(one) for one in numbers])}"
