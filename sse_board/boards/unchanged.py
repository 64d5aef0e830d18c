"""The state of a board as a poller knows it, found out before anything is made of it."""

from starlette.types import Scope

from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.question import Questions
from sse_board.boards.reader import BoardReader
from sse_board.boards.tags import Tags
from sse_board.live.tagged import VARY
from sse_board.web.identity import Identity
from sse_board.web.shortcut import Present


class BoardResource:
    """The leaderboard's `web.shortcut.Resource`.

    What is so now is read after the request came, as it is for a 200 (D14); but only the version is (D20).
    """

    vary = VARY

    def __init__(self, catalog: BoardCatalog, reader: BoardReader, tags: Tags) -> None:
        self._questions = Questions()
        self._catalog = catalog
        self._reader = reader
        self._tags = tags

    def present(self, scope: Scope, identity: Identity | None) -> Present | None:
        question = self._questions.of(scope)
        board = self._catalog.find(question.slug)
        if board is None or question.around is not None:
            return None
        reading = self._reader.version(board)
        if reading is None:
            return None
        rest = self._tags.rest(board, question.face, identity)
        return Present(reading, rest.encode(), self._tags.unchanged(identity))
