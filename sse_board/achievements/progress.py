"""How far a player is on each ladder. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sse_board.achievements.definition import (
    LEVEL_BOARD,
    Achievement,
    LevelRule,
    RankRule,
    ScoreRule,
    StreakRule,
)

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a player stands: days in a row, and on each board score and rank."""

    days: int
    scores: Mapping[str, Number]
    ranks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rung:
    """The next achievement of a ladder: where the player is, and where it is. The lower `effort`, the sooner."""

    ladder: str
    board: str | None
    achievement: Achievement
    current: Number | None
    target: Number
    effort: Number

    def payload(self) -> dict[str, Any]:
        return {
            "ladder": self.ladder,
            **({"board": self.board} if self.board else {}),
            "achievement": self.achievement.slug,
            "title": self.achievement.title,
            "current": self.current,
            "target": self.target,
        }


def next_rungs(achievements: Iterable[Achievement], earned: Collection[str], ground: Ground) -> list[Rung]:
    """Of each ladder the easiest that the player has not earned; perfection has no steps."""
    nearest: dict[tuple[str, str | None], Rung] = {}
    for one in achievements:
        for rung in _rungs(one, ground) if one.slug not in earned else ():
            known = nearest.get((rung.ladder, rung.board))
            if known is None or rung.effort < known.effort:
                nearest[rung.ladder, rung.board] = rung
    return list(nearest.values())


def _rungs(one: Achievement, ground: Ground) -> list[Rung]:
    match one.rule:
        case StreakRule(days=days):
            return [Rung("streak", None, one, ground.days, days, days)]
        case ScoreRule(board=board, at_least=score):
            return [Rung("score", board, one, ground.scores.get(board), score, score)]
        case LevelRule(points=points):
            return [Rung("level", None, one, ground.scores.get(LEVEL_BOARD, 0), points, points)]
        case RankRule(boards=boards, at_most=rank):
            return [Rung("rank", board, one, ground.ranks.get(board), rank, -rank) for board in boards]
    return []


def level(achievements: Iterable[Achievement], earned: Collection[str]) -> int:
    """The highest that was earned; everybody begins at 1."""
    levels = [one.rule.level for one in achievements if isinstance(one.rule, LevelRule) and one.slug in earned]
    return max(levels, default=1)
