"""A tournament that was played elsewhere comes in as TRF16."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from sse_board.stores.queries import Queries
from sse_board.tournaments.rules import participant_count, require_organiser
from sse_board.tournaments.running.changing import Change, Changing
from sse_board.tournaments.running.definition import definition_of
from sse_board.tournaments.running.events import tournament_events
from sse_board.tournaments.running.rows import (
    beginning_columns,
    definition_columns,
    game_columns,
    participant_columns,
)
from sse_board.tournaments.tournament import Picture
from sse_board.web.identity import Identity

_queries = Queries("tournaments")

#: Text → a tournament with new ids. Raises InvalidRequest naming the line.
ReadTrf = Callable[[str, Callable[[], str], datetime], Picture]


class Importing:
    """Organisers and admins only."""

    def __init__(self, changing: Changing, read: ReadTrf) -> None:
        self._changing = changing
        self._read = read

    async def take(self, text: str, actor: Identity, request_id: str) -> str:
        """The id of a tournament as the TRF16 text has it. Raises InvalidRequest naming the line, Forbidden."""
        require_organiser(actor)
        now, new_id = self._changing.clock(), self._changing.new_id
        picture = await asyncio.to_thread(self._read, text, new_id, now)
        id, name = picture.tournament.id, picture.tournament.name
        async with self._changing.beginning(id, actor, request_id) as change:
            await _write(change, picture)
            count = participant_count(picture)
            details = {"name": name, "participantCount": count, "rounds": len(picture.rounds)}
            await change.audit("tournament.imported", details)
            change.tell(tournament_events("created", id, name, count, actor.user_id))
        return id


async def _write(change: Change, picture: Picture) -> None:
    tournament, rounds = picture.tournament, picture.rounds
    how_far = beginning_columns(tournament.status, tournament.started_at, tournament.completed_at, tournament.trf)
    columns = {**definition_columns(definition_of(tournament)), **how_far}
    await change.run(_queries.create, by=change.actor.user_id, **columns)
    await change.run(_queries.add_participants, **participant_columns(picture.participants))
    numbers, statuses = [one.number for one in rounds], [one.status for one in rounds]
    await change.run(_queries.add_rounds, numbers=numbers, statuses=statuses)
    games = [(round.number, game) for round in rounds for game in round.games]
    await change.run(_queries.add_games, **game_columns(games))
