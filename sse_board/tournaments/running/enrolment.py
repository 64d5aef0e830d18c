"""Who takes part: registered, withdrawn, with the byes that they ask for."""

from typing import Any

from msgspec import UNSET, structs

from sse_board.errors import InvalidRequest
from sse_board.stores.queries import Queries
from sse_board.tournaments.payloads import participant_payload
from sse_board.tournaments.rules import (
    edited,
    next_round,
    of_user,
    participant_count,
    require_open,
    require_organiser,
    require_participant,
    require_player,
    require_registration,
    require_withdrawal,
    returned,
    withdrawn,
)
from sse_board.tournaments.running.changing import Change, Changing
from sse_board.tournaments.running.events import flat, participant_events, tournament_events
from sse_board.tournaments.running.forms import NewParticipant, ParticipantEdit
from sse_board.tournaments.running.names import checked_name
from sse_board.tournaments.running.numbering import numbers_with
from sse_board.tournaments.running.rows import json_text, participant_columns
from sse_board.tournaments.tournament import Participant, Picture
from sse_board.web.bodies import set_fields
from sse_board.web.identity import Identity

_queries = Queries("tournaments")


class Enrolment:
    def __init__(self, changing: Changing) -> None:
        self._changing = changing

    async def add(self, id: str, new: NewParticipant, actor: Identity, request_id: str) -> str:
        """By an organiser, late ones too: their id. Raises NotFound, InvalidRequest, Forbidden, Conflict."""
        require_organiser(actor)
        if (new.name is None) == (new.user_id is None):
            raise InvalidRequest("Give either `userId` or `name`.", details={"name": "or userId, one of the two"})
        async with self._changing.change(id, actor, request_id) as change:
            picture = await change.picture()
            name = await _username(change, new.user_id) if new.user_id else checked_name(new.name or "")
            require_open(picture, new.user_id)
            entered = next_round(picture)
            one = Participant(self._changing.new_id(), None, name, new.rating, new.title, new.user_id, entered)
            await _enter(change, picture, one)
        return one.id

    async def register(self, id: str, actor: Identity, request_id: str) -> str:
        """The actor themselves, before the start: the participant's id. Raises NotFound, Forbidden, Conflict."""
        require_player(actor)
        async with self._changing.change(id, actor, request_id) as change:
            picture = await change.picture()
            there = require_registration(picture, actor.user_id)
            if there is not None:
                await _change(change, picture, there, returned(picture, there))
                return there.id
            name = await _username(change, actor.user_id)
            one = Participant(self._changing.new_id(), None, name, None, None, actor.user_id)
            await _enter(change, picture, one)
        return one.id

    async def withdraw(self, id: str, actor: Identity, request_id: str) -> str:
        """The actor themselves: the participant's id. Raises NotFound, or Conflict for who does not take part."""
        async with self._changing.change(id, actor, request_id) as change:
            picture = await change.picture()
            one = require_withdrawal(picture, of_user(picture, actor.user_id))
            await _change(change, picture, one, withdrawn(picture, one))
        return one.id

    async def edit(
        self, id: str, participant_id: str, edit: ParticipantEdit, actor: Identity, request_id: str
    ) -> None:
        """By an organiser. Raises NotFound, InvalidRequest, Forbidden, Conflict."""
        require_organiser(actor)
        if edit.name is not UNSET:
            edit = structs.replace(edit, name=checked_name(edit.name))
        async with self._changing.change(id, actor, request_id) as change:
            picture = await change.picture()
            one = require_participant(picture, participant_id)
            await _change(change, picture, one, edited(picture, one, set_fields(edit)))


async def _username(change: Change, user_id: str) -> str:
    row = await change.row(_queries.username, user=user_id)
    if row is None:
        raise InvalidRequest("There is no such user.", details={"userId": "is nobody's"})
    return str(row[0])


async def _enter(change: Change, picture: Picture, one: Participant) -> None:
    await change.run(_queries.add_participants, **participant_columns([one]))
    await _number(change, picture, one)
    await change.audit("participant.registered", participant_payload(one))
    await _tell(change, "registered", one)


async def _change(change: Change, picture: Picture, old: Participant, new: Participant) -> None:
    """Write what became of somebody; whoever is as they were is not told of."""
    if new == old:
        return
    await change.run(
        _queries.change_participant,
        participant=new.id,
        name=new.name,
        rating=new.rating,
        title=new.title,
        entered_round=new.entered_round,
        withdrawn_from=new.withdrawn_from,
        byes=json_text(new.byes),
    )
    has_left = new.withdrawn_from is not None
    if has_left == (old.withdrawn_from is not None):
        await change.audit("participant.edited", _details(old, new))
        await change.advance()
        return
    if not has_left:
        await _number(change, picture, new)
    what = "withdrew" if has_left else "registered"
    await change.audit(f"participant.{what}", _details(old, new))
    await _tell(change, what, new)


async def _number(change: Change, picture: Picture, one: Participant) -> None:
    """Who comes after the start gets a number; who has one keeps it."""
    if picture.tournament.status == "upcoming" or one.number is not None:
        return
    numbered = [other for other in picture.participants if other.number is not None]
    given = numbers_with(one, numbered, next_round(picture))
    await change.run(_queries.number, ids=list(given), numbers=list(given.values()))


async def _tell(change: Change, what: str, one: Participant) -> None:
    await change.advance()
    picture, by = await change.picture(), change.actor.user_id
    told = participant_events(what, change.id, one.id, one.name, by)
    count = participant_count(picture)
    change.tell(flat([told, tournament_events("updated", change.id, picture.tournament.name, count, by)]))


def _details(old: Participant, new: Participant) -> dict[str, Any]:
    """What changed: each field as it was and as it is."""
    before, after = participant_payload(old), participant_payload(new)
    changed = {key: {"before": before[key], "after": after[key]} for key in before if before[key] != after[key]}
    return {"participantId": new.id, **changed}
