"""An achievement, and what it takes. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from sse_board.boards.board import DEFAULT_BOARD, Board
from sse_board.boards.rules import InexactScore, exact

#: The lowest rank that a rule may speak of: so much of a board is kept in order for awards.
LOWEST_RANK = 100
#: More days than that nobody has lived here: days.
LONGEST_STREAK = 10_000
#: Points that level rules speak of are those on this board, which every seeded action type feeds.
LEVEL_BOARD = DEFAULT_BOARD

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}\Z")]


class _Rule(msgspec.Struct, tag_field="kind", rename="camel", forbid_unknown_fields=True, frozen=True):
    pass


class StreakRule(_Rule, tag="streak", frozen=True):
    """Something done on so many days in a row."""

    days: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_STREAK)]


class ScoreRule(_Rule, tag="score", frozen=True):
    """A score on a board that is at least this good: where low is good, at most this high."""

    board: Slug
    at_least: int | Decimal


class RankRule(_Rule, tag="rank", frozen=True):
    """A rank on any of these boards, at the end of a commit."""

    boards: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1, max_length=20)]
    at_most: Annotated[int, msgspec.Meta(ge=1, le=LOWEST_RANK)]


class LevelRule(_Rule, tag="level", frozen=True):
    """So many points on `LEVEL_BOARD`; all rules of this kind together are the table of levels."""

    level: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    points: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]


class PerfectRule(_Rule, tag="perfect", frozen=True):
    """An action with the best value that its type allows for this field."""

    field: Annotated[str, msgspec.Meta(min_length=1, max_length=50, pattern=r"^[^\x00-\x1f\x7f]*\Z")]


Rule = StreakRule | ScoreRule | RankRule | LevelRule | PerfectRule


@dataclass(frozen=True, slots=True)
class Achievement:
    """`points` are shown, never scored."""

    slug: str
    title: str
    description: str
    icon: str
    points: int
    rule: Rule

    @property
    def kind(self) -> str:
        """What its rule looks at: `streak`, `score`, `rank`, `level` or `perfect`; each has a badge of its own."""
        return str(self.rule.__struct_config__.tag)

    def payload(self) -> dict[str, Any]:
        """As events tell of it and lists show it."""
        return {
            "achievement": self.slug,
            "title": self.title,
            "description": self.description,
            "icon": self.icon,
            "points": self.points,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class Threshold:
    """A score that earns an achievement, in the board's smallest unit."""

    achievement: Achievement
    score: int

    def reached(self, board: Board, score: int | None) -> bool:
        return score is not None and board.rank_key(score) <= board.rank_key(self.score)


def threshold(achievement: Achievement, board: Board) -> Threshold | None:
    """What a score or level rule asks of this board; None when it asks nothing. Raises InexactScore."""
    rule = achievement.rule
    if isinstance(rule, ScoreRule) and rule.board == board.slug:
        return Threshold(achievement, exact(board, rule.at_least))
    if isinstance(rule, LevelRule) and board.slug == LEVEL_BOARD:
        return Threshold(achievement, exact(board, rule.points))
    return None


def thresholds(achievements: Iterable[Achievement], board: Board) -> tuple[Threshold, ...]:
    """Those of a board; a rule that its decimals cannot express any more is passed over."""
    found = []
    for achievement in achievements:
        try:
            found.append(threshold(achievement, board))
        except InexactScore:
            continue
    return tuple(one for one in found if one)


def problems(rule: Rule, find_board: Callable[[str], Board | None], fields: Iterable[str]) -> dict[str, str]:
    """Why a rule cannot be: {field: what is wrong}. `fields` are those that some action type bounds above."""
    if isinstance(rule, ScoreRule):
        board = find_board(rule.board)
        if board is None:
            return {"rule.board": "is no board"}
        try:
            exact(board, rule.at_least)
        except InexactScore as error:
            return {"rule.atLeast": str(error)}
    if isinstance(rule, RankRule) and not all(map(find_board, rule.boards)):
        return {"rule.boards": "must all be boards"}
    if isinstance(rule, PerfectRule) and rule.field not in fields:
        return {"rule.field": "no action type says what the best is"}
    return {}
