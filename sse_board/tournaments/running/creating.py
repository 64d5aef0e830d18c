"""A tournament is announced, changed, begun and ended."""

from dataclasses import asdict
from typing import Any

from sse_board.stores.queries import Queries
from sse_board.tournaments.rules import (
    participant_count,
    present,
    require_completable,
    require_organiser,
    require_startable,
)
from sse_board.tournaments.running.changing import Change, Changing
from sse_board.tournaments.running.definition import changes_rules, defined, definition_of, redefined
from sse_board.tournaments.running.events import tournament_events
from sse_board.tournaments.running.forms import NewTournament, TournamentEdit
from sse_board.tournaments.running.notices import tournament_notices, users_of
from sse_board.tournaments.running.numbering import numbers
from sse_board.tournaments.running.rows import beginning_columns, definition_columns
from sse_board.web.identity import Identity

_queries = Queries("tournaments")


class Tournaments:
    """Organisers and admins only."""

    def __init__(self, changing: Changing) -> None:
        self._changing = changing

    async def create(self, new: NewTournament, actor: Identity, request_id: str) -> str:
        """Its id. Raises InvalidRequest, Forbidden."""
        require_organiser(actor)
        definition, id = defined(new), self._changing.new_id()
        async with self._changing.beginning(id, actor, request_id) as change:
            columns = {**definition_columns(definition), **beginning_columns()}
            await change.run(_queries.create, by=actor.user_id, **columns)
            await change.audit("tournament.created", asdict(definition))
            change.tell(tournament_events("created", id, definition.name, 0, actor.user_id))
        return id

    async def edit(self, id: str, edit: TournamentEdit, actor: Identity, request_id: str) -> None:
        """Raises NotFound, InvalidRequest, Forbidden, or Conflict for what cannot change any more."""
        require_organiser(actor)
        async with self._changing.change(id, actor, request_id) as change:
            picture = await change.picture()
            old, new = definition_of(picture.tournament), redefined(picture, edit)
            if old == new:
                return
            await change.run(_queries.define, **definition_columns(new))
            await change.advance(rules=changes_rules(old, new))
            await change.audit("tournament.edited", _difference(asdict(old), asdict(new)))
            change.tell(tournament_events("updated", id, new.name, participant_count(picture), actor.user_id))

    async def start(self, id: str, actor: Identity, request_id: str) -> None:
        """Numbers are given, and rounds can be paired. Raises NotFound, Forbidden, Conflict."""
        require_organiser(actor)
        async with self._changing.change(id, actor, request_id) as change:
            picture = await change.picture()
            require_startable(picture)
            given = numbers(present(picture))
            await change.run(_queries.number, ids=list(given), numbers=list(given.values()))
            await change.run(_queries.start)
            await self._tell(change, "started")

    async def complete(self, id: str, actor: Identity, request_id: str) -> None:
        """All rounds were played. Raises NotFound, Forbidden, Conflict."""
        require_organiser(actor)
        async with self._changing.change(id, actor, request_id) as change:
            require_completable(await change.picture())
            await change.run(_queries.complete)
            await self._tell(change, "completed")

    async def _tell(self, change: Change, what: Any) -> None:
        await change.advance()
        picture = await change.picture()
        id, name, count = change.id, picture.tournament.name, participant_count(picture)
        await change.audit(f"tournament.{what}", {"participantCount": count})
        change.tell(tournament_events(what, id, name, count, change.actor.user_id))
        await change.notify(tournament_notices(what, id, name, users_of(present(picture))))


def _difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What changed: each field as it was and as it is."""
    return {name: {"before": old[name], "after": new[name]} for name in old if old[name] != new[name]}
