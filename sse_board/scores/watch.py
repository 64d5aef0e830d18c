"""The channels of single players, and how changes of boards become news on those that somebody listens to."""

from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.hint import Hint
from sse_board.boards.reader import BoardReader
from sse_board.boards.watch import BoardWatch
from sse_board.clock import Clock
from sse_board.live.states.feed import Feed
from sse_board.scores.movers import Movers
from sse_board.scores.personal import PersonalScoreSource
from sse_board.scores.rank_changes import NameOf, RankChangeSource
from sse_board.scores.touched import Touched


class Personal:
    """A score changes by its player's own action, a rank by anybody's: of ranks the source knows whose."""

    def __init__(self, catalog: BoardCatalog, reader: BoardReader, clock: Clock, name_of: NameOf) -> None:
        self._movers = Movers()
        self._touched = Touched()
        self.scores = PersonalScoreSource(catalog, reader, clock, self._touched)
        self.ranks = RankChangeSource(catalog, reader, clock, self._touched, self._movers, name_of)

    def watch(self, boards: BoardWatch, feed: Feed) -> None:
        """From now on. What a hint says is known before anything is read because of it."""
        boards.follow(self._touched.changed)
        boards.follow(lambda slug, hint: self._movers.changed(slug, hint.version, hint.users))
        boards.follow(lambda slug, hint: self._tell(feed, hint))

    def forget(self) -> None:
        """Hints may have been missed."""
        self._movers.forget()
        self._touched.forget()

    def _tell(self, feed: Feed, hint: Hint) -> None:
        feed.stir(self.ranks)
        if hint.users is None:
            feed.stir(self.scores)
        for user_id in hint.users or ():
            feed.changed(self.scores.of(user_id))
