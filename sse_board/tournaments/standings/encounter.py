"""Direct encounter: who did better among those who are tied (C.07 article 6). Pure."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from sse_board.tournaments.standings.field import Field
from sse_board.tournaments.standings.rules import PLAYED
from sse_board.tournaments.tournament import Points

#: Ids of participants between whom nothing decided yet.
Group = list[str]


class Separate(NamedTuple):
    """Somebody's line in the separate standings of a group: half-points, of several meetings with one opponent
    their average, and how many of the group they have not met."""

    id: str
    score: int | Fraction
    missing: int

    def worst(self, points: Points) -> int | Fraction:
        return self.score + self.missing * points.loss

    def best(self, points: Points) -> int | Fraction:
        return self.score + self.missing * points.win


def encounters(field: Field, groups: Iterable[Group]) -> dict[str, int]:
    """The place of each among those they were tied with: 1, 2, 2, 4 …, of which the lowest is the best; 0 where
    direct encounter separates nobody, as where nobody else is tied."""
    return {id: place for group in groups for id, place in _places(encounter(field, group)).items()}


def _places(parts: Sequence[Group]) -> dict[str, int]:
    if len(parts) == 1:
        return dict.fromkeys(parts[0], 0)
    places: dict[str, int] = {}
    for part in parts:
        places.update(dict.fromkeys(part, len(places) + 1))
    return places


def encounter(field: Field, group: Group) -> list[Group]:
    """The parts of a group, the best first. What is separated is looked at again by itself (6.4)."""
    if len(group) == 1:
        return [group]
    parts = split(field, group)
    return [group] if len(parts) == 1 else [smaller for part in parts for smaller in encounter(field, part)]


def split(field: Field, group: Group) -> list[Group]:
    """One look: by score where all have met, as in a round-robin (6.2), else who is sure of their place."""
    lines = separate(field, group)
    if all_met(field, lines):
        return _levels(lines)
    return _sure(lines, field.points)


def separate(field: Field, group: Group) -> list[Separate]:
    tied = set(group)
    return [_line(field, id, tied) for id in group]


def all_met(field: Field, lines: Iterable[Separate]) -> bool:
    return field.is_round_robin or not any(line.missing for line in lines)


def _line(field: Field, id: str, tied: set[str]) -> Separate:
    points: dict[str, list[int]] = {}
    for cell in field.cells[id]:
        if cell.opponent in tied and (cell.outcome in PLAYED or (field.is_round_robin and cell.outcome)):
            points.setdefault(cell.opponent, []).append(cell.points)
    return Separate(id, sum(_average(several) for several in points.values()), len(tied) - 1 - len(points))


def _average(several: Sequence[int]) -> int | Fraction:
    return several[0] if len(several) == 1 else Fraction(sum(several), len(several))


def _levels(lines: Sequence[Separate]) -> list[Group]:
    scores = sorted({line.score for line in lines}, reverse=True)
    return [[line.id for line in lines if line.score == score] for score in scores]


def _sure(lines: Sequence[Separate], points: Points) -> list[Group]:
    """Who would be alone at the top whatever missing games brought is first, then the next, and so on (6.3)."""
    left = sorted(lines, key=lambda line: line.worst(points), reverse=True)
    parts = []
    while len(left) > 1 and left[0].worst(points) > max(line.best(points) for line in left[1:]):
        parts.append([left.pop(0).id])
    rest = {line.id for line in left}
    return [*parts, [line.id for line in lines if line.id in rest]]
