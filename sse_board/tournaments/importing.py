"""A tournament that was played elsewhere comes in as TRF16."""

from sse_board.tournaments.changing import Changing
from sse_board.web.identity import Identity


class Importing:
    """Organisers and admins only."""

    def __init__(self, changing: Changing) -> None:
        self._changing = changing

    async def take(self, text: str, actor: Identity, request_id: str) -> str:
        """The id of a tournament as the TRF16 text has it. Raises InvalidRequest naming the line, Forbidden."""
        raise NotImplementedError
