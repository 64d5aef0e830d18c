"""Turns changes of boards into changes of the players' channels that somebody listens to."""

from collections.abc import Sequence

from sse_board.boards.board import Version
from sse_board.live.personal import PersonalChannels
from sse_board.live.states.feed import Feed


class PersonalWatch:
    """A score changes by its player's own action, a rank by anybody's."""

    def __init__(self, feed: Feed, scores: PersonalChannels, ranks: PersonalChannels) -> None:
        self._feed = feed
        self._scores = scores
        self._ranks = ranks

    def changed(self, board: str, version: Version, users: Sequence[str] | None) -> None:
        """None for `users` means anybody."""
        for channel in tuple(self._feed.channels):
            if self._ranks.keeps(channel) or (users is None and self._scores.keeps(channel)):
                self._feed.changed(channel)
        for user_id in users or ():
            self._feed.changed(self._scores.of(user_id))
