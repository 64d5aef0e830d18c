"""Turns changes of boards into changes of the players' channels that somebody listens to."""

from sse_board.boards.hint import Hint
from sse_board.live.source import GroupSource
from sse_board.live.states.feed import Feed
from sse_board.scores.personal import PersonalScoreSource


class PersonalWatch:
    """A score changes by its player's own action, a rank by anybody's: of ranks the source knows whose."""

    def __init__(self, feed: Feed, scores: PersonalScoreSource, ranks: GroupSource) -> None:
        self._feed = feed
        self._scores = scores
        self._ranks = ranks

    def changed(self, board: str, hint: Hint) -> None:
        self._feed.stir(self._ranks)
        if hint.users is None:
            self._feed.stir(self._scores)
        for user_id in hint.users or ():
            self._feed.changed(self._scores.of(user_id))
