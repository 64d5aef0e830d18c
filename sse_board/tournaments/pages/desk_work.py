"""What the forms of the desk do."""

from collections.abc import Awaitable, Callable, Mapping

from sse_board.tournaments.pages.posted import (
    Form,
    bye_edit,
    entry_of,
    given,
    new_participant,
    participant_edit,
    round_of,
    tournament_edit,
)
from sse_board.tournaments.running.forms import ParticipantEdit
from sse_board.tournaments.running.room import Organising
from sse_board.tournaments.showing.tables import Tables
from sse_board.web.identity import Identity

#: A form of one tournament: its fields, who sent it, in which request. Gives the game whose result was entered, if
#: any. Raises BoardError.
Submit = Callable[[str, Form, Identity, str], Awaitable[str | None]]
#: The same for one player.
SubmitPlayer = Callable[[str, str, Form, Identity, str], Awaitable[None]]


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
        }

    @property
    def player_forms(self) -> Mapping[str, SubmitPlayer]:
        """The same below the address of a player."""
        return {"": self.edit_player, "/byes": self.note_bye, "/withdraw": self.withdraw}

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
        entry = entry_of(form)
        await self._use.results.enter(entry.game, entry.result, actor, request_id, entry.replaces, id)
        return entry.game

    # -- players --

    async def add(self, id: str, form: Form, actor: Identity, request_id: str) -> None:
        await self._use.enrolment.add(id, new_participant(form), actor, request_id)

    async def edit_player(self, id: str, player: str, form: Form, actor: Identity, request_id: str) -> None:
        await self._use.enrolment.edit(id, player, participant_edit(form), actor, request_id)

    async def note_bye(self, id: str, player: str, form: Form, actor: Identity, request_id: str) -> None:
        edit = bye_edit(form, (await self._tables.picture(id)).participant(player))
        await self._use.enrolment.edit(id, player, edit, actor, request_id)

    async def withdraw(self, id: str, player: str, form: Form, actor: Identity, request_id: str) -> None:
        edit = ParticipantEdit(withdrawn=form.get("withdrawn") == "yes")
        await self._use.enrolment.edit(id, player, edit, actor, request_id)
