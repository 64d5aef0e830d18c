"""Who takes part: registered, withdrawn, with the byes that they ask for."""

from sse_board.tournaments.changing import Changing
from sse_board.tournaments.forms import NewParticipant, ParticipantEdit
from sse_board.web.identity import Identity


class Enrolment:
    def __init__(self, changing: Changing) -> None:
        self._changing = changing

    async def add(self, id: str, new: NewParticipant, actor: Identity, request_id: str) -> str:
        """By an organiser, late ones too: their id. Raises NotFound, InvalidRequest, Forbidden, Conflict."""
        raise NotImplementedError

    async def register(self, id: str, actor: Identity, request_id: str) -> str:
        """The actor themselves, before the start: the participant's id. Raises NotFound, Forbidden, Conflict."""
        raise NotImplementedError

    async def withdraw(self, id: str, actor: Identity, request_id: str) -> str:
        """The actor themselves: the participant's id. Raises NotFound, or Conflict for who does not take part."""
        raise NotImplementedError

    async def edit(
        self, id: str, participant_id: str, edit: ParticipantEdit, actor: Identity, request_id: str
    ) -> None:
        """By an organiser. Raises NotFound, InvalidRequest, Forbidden, Conflict."""
        raise NotImplementedError
