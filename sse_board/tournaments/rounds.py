"""Rounds are paired, taken back, and begun."""

from collections.abc import Sequence

from sse_board.tournaments.changing import Changing
from sse_board.tournaments.tournament import Pairing
from sse_board.web.identity import Identity


class Rounds:
    """Organisers and admins only."""

    def __init__(self, changing: Changing) -> None:
        self._changing = changing

    async def pair(self, id: str, given: Sequence[Pairing] | None, actor: Identity, request_id: str) -> int:
        """The next round's number, once it is paired, which may take seconds; `given` pairings are checked.

        Raises NotFound, InvalidRequest, Forbidden, or Conflict: another pairing is under way, the round before is
        not over, what it rests on changed meanwhile, or it was cancelled.
        """
        raise NotImplementedError

    async def cancel(self, id: str, number: int, actor: Identity, request_id: str) -> None:
        """Forget a round that has not begun. Raises NotFound, Forbidden, Conflict."""
        raise NotImplementedError

    async def start(self, id: str, number: int, actor: Identity, request_id: str) -> None:
        """Its games begin, its byes count. Raises NotFound, Forbidden, Conflict."""
        raise NotImplementedError
