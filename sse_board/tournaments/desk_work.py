"""What the forms of the desk do."""

from collections.abc import Awaitable, Callable, Mapping

from sse_board.tournaments.forms import ParticipantEdit
from sse_board.tournaments.ids import known_id
from sse_board.tournaments.page_forms import (
    Form,
    bye_edit,
    given,
    new_participant,
    participant_edit,
    replaced,
    result_of,
    round_of,
    tournament_edit,
)
from sse_board.tournaments.room import Organising
from sse_board.tournaments.tables import Tables
from sse_board.web.identity import Identity

#: A form of one tournament: its fields, who sent it, in which request. Gives the game whose result was entered, if
#: any. Raises BoardError.
Submit = Callable[[str, Form, Identity, str], Awaitable[str | None]]
NO_PLAYER = "There is no such participant."


class DeskWork:
    def __init__(self, organising: Organising, tables: Tables) -> None:
        self._use = organising
        self._tables = tables

    @property
    def forms(self) -> Mapping[str, Submit]:
        """By the end of their address."""
        return {
            "start": self.start,
            "complete": self.complete,
            "edit": self.edit,
            "pair": self.pair,
            "cancel": self.cancel,
            "start-round": self.start_round,
            "results": self.enter,
            "add": self.add,
            "players": self.edit_player,
            "byes": self.note_bye,
            "withdraw": self.withdraw,
        }

    async def start(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        await self._use.tournaments.start(id, actor, request_id)

    async def complete(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        await self._use.tournaments.complete(id, actor, request_id)

    async def edit(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        await self._use.tournaments.edit(id, tournament_edit(form), actor, request_id)

    async def pair(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        """As the system says, which may take seconds, or as it is written."""
        pairings = given(form, await self._tables.picture(id)) if "pairings" in form else None
        await self._use.rounds.pair(id, pairings, actor, request_id)

    async def cancel(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        await self._use.rounds.cancel(id, round_of(form), actor, request_id)

    async def start_round(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        await self._use.rounds.start(id, round_of(form), actor, request_id)

    async def enter(self, id: str, form: Form, actor: Identity, request_id: str) -> str:
        game = known_id(form.get("game", ""), "There is no such game.")
        await self._use.results.enter(game, result_of(form), actor, request_id, replaced(form), id)
        return game

    async def add(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        await self._use.enrolment.add(id, new_participant(form), actor, request_id)

    async def edit_player(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        await self._use.enrolment.edit(id, _player(form), participant_edit(form), actor, request_id)

    async def note_bye(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        edit = bye_edit(form, await self._tables.picture(id))
        await self._use.enrolment.edit(id, _player(form), edit, actor, request_id)

    async def withdraw(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        edit = ParticipantEdit(withdrawn=form.get("withdrawn") == "yes")
        await self._use.enrolment.edit(id, _player(form), edit, actor, request_id)


def _player(form: Form) -> str:
    return known_id(form.get("participant", ""), NO_PLAYER)
