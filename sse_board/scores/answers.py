"""The answer to an action: as it is given, and as a duplicate of the action is told of it again."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from sse_board.boards.board import Board
from sse_board.boards.ranking import Ranks
from sse_board.clock import iso
from sse_board.scores.action import Accepted, Effect
from sse_board.scores.committer import Outcome
from sse_board.scores.history import Processed
from sse_board.scores.plan import Duplicate

#: Answers kept for duplicates: who repeats an action does so within seconds. Some 500 bytes each.
ANSWERS_LIMIT = 10_000


class Answers:
    """Ranks are not in the action log: a duplicate that comes later, or to another process, is told without."""

    def __init__(self, get_board: Callable[[str], Board]) -> None:
        self._get_board = get_board
        self._recent: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()

    def accepted(self, decision: Accepted, outcome: Outcome) -> dict[str, Any]:
        answer = self._answer(decision.claim.user_id, decision, outcome.ranks)
        self._recent[decision.claim.key] = answer
        if len(self._recent) > ANSWERS_LIMIT:
            self._recent.popitem(last=False)
        return answer

    def first(self, key: tuple[str, str], duplicate: Duplicate) -> dict[str, Any]:
        """What the first of these (user, action id) was told."""
        return self._recent.get(key) or self._answer(key[0], duplicate.first, {})

    def _answer(self, user_id: str, done: Accepted | Processed, ranks: Mapping[str, Ranks]) -> dict[str, Any]:
        """The top level speaks of the first board that the type feeds."""
        boards = [self._on_board(effect, ranks.get(effect.board, {}).get(user_id)) for effect in done.effects]
        lead = boards[0] if boards else {"score": None, "rank": None}
        return {
            "userId": user_id,
            "previousScore": self._previous(done.effects[0]) if boards else None,
            "pointsAwarded": done.points,
            "newScore": lead["score"],
            "newRank": lead["rank"],
            "timestamp": iso(done.at),
            "boards": boards,
        }

    def _on_board(self, effect: Effect, ranks: tuple[int | None, int | None] | None) -> dict[str, Any]:
        previous, now = ranks or (None, None)
        score = self._get_board(effect.board).shown(effect.score)
        return {"board": effect.board, "score": score, "rank": now, "previousRank": previous}

    def _previous(self, effect: Effect) -> Any:
        """A sum starts at nothing; the best or the latest has none before the first."""
        board = self._get_board(effect.board)
        if effect.previous is None:
            return 0 if board.policy == "sum" else None
        return board.shown(effect.previous)
