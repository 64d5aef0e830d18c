"""A tournament is announced, changed, begun and ended."""

from sse_board.tournaments.changing import Changing
from sse_board.tournaments.forms import NewTournament, TournamentEdit
from sse_board.web.identity import Identity


class Tournaments:
    """Organisers and admins only."""

    def __init__(self, changing: Changing) -> None:
        self._changing = changing

    async def create(self, new: NewTournament, actor: Identity, request_id: str) -> str:
        """Its id. Raises InvalidRequest, Forbidden."""
        raise NotImplementedError

    async def edit(self, id: str, edit: TournamentEdit, actor: Identity, request_id: str) -> None:
        """Raises NotFound, InvalidRequest, Forbidden, or Conflict for what cannot change any more."""
        raise NotImplementedError

    async def start(self, id: str, actor: Identity, request_id: str) -> None:
        """Numbers are given, and rounds can be paired. Raises NotFound, Forbidden, Conflict."""
        raise NotImplementedError

    async def complete(self, id: str, actor: Identity, request_id: str) -> None:
        """All rounds were played. Raises NotFound, Forbidden, Conflict."""
        raise NotImplementedError
