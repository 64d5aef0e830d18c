"""All achievements, sorted by what may earn them. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sse_board.achievements.definition import (
    Achievement,
    PerfectRule,
    RankRule,
    StreakRule,
    Threshold,
    thresholds,
)
from sse_board.boards.board import Board
from sse_board.scores.action import ActionType, Effect

FindBoard = Callable[[str], Board | None]
FindType = Callable[[str], ActionType | None]


class Rulebook:
    """One state of the catalogue: boards, action types, achievements."""

    def __init__(self, achievements: Iterable[Achievement], boards: Iterable[Board], find_type: FindType) -> None:
        all_of_them = tuple(achievements)
        self.boards: Mapping[str, Board] = {board.slug: board for board in boards}
        self.find_type = find_type
        self._thresholds = {slug: thresholds(all_of_them, board) for slug, board in self.boards.items()}
        self._streaks = [one for one in all_of_them if isinstance(one.rule, StreakRule)]
        self._perfect = [one for one in all_of_them if isinstance(one.rule, PerfectRule)]
        self._ranks: dict[str, list[tuple[int, Achievement]]] = {}
        for one in all_of_them:
            if isinstance(one.rule, RankRule):
                for slug in one.rule.boards:
                    self._ranks.setdefault(slug, []).append((one.rule.at_most, one))

    def for_score(self, effect: Effect) -> Iterator[Achievement]:
        """What this change of a score has just earned: the bar was not reached before."""
        board = self.boards.get(effect.board)
        if board is None:
            return
        for one in self._thresholds[effect.board]:
            if one.reached(board, effect.score) and not one.reached(board, effect.previous):
                yield one.achievement

    def thresholds(self, slug: str) -> tuple[Threshold, ...]:
        return self._thresholds.get(slug, ())

    def for_streak(self, best: int) -> Iterator[Achievement]:
        """What streaks earn whose longest had so many days: it may have been so long before anybody counted."""
        yield from (one for one in self._streaks if isinstance(one.rule, StreakRule) and one.rule.days <= best)

    def for_perfection(self, action_type: str, metadata: Mapping[str, Any]) -> Iterator[Achievement]:
        kind = self.find_type(action_type)
        for one in self._perfect if kind else ():
            assert isinstance(one.rule, PerfectRule)
            assert kind is not None
            if is_perfect(kind, one.rule.field, metadata):
                yield one

    def for_ranks(self, slug: str) -> list[tuple[int, Achievement]]:
        """(the lowest rank that earns it, achievement)."""
        return self._ranks.get(slug, [])


def is_perfect(kind: ActionType, field: str, metadata: Mapping[str, Any]) -> bool:
    """Whether the field holds the best that the type allows."""
    bound, value = kind.bounds.get(field), metadata.get(field)
    if bound is None or bound.max is None or isinstance(value, bool | str):
        return False
    return value is not None and value == bound.max
