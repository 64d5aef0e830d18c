"""Rounds are paired, taken back, and begun."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sse_board.errors import Conflict, Unavailable
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tournaments.pairing.given import check_given
from sse_board.tournaments.pairing.pairer import IsWanted, Pairer
from sse_board.tournaments.payloads import names_of
from sse_board.tournaments.rules import (
    require_cancellable,
    require_organiser,
    require_pairable,
    require_round,
    require_round_startable,
)
from sse_board.tournaments.running.changing import Change, Changing
from sse_board.tournaments.running.closing import close_round
from sse_board.tournaments.running.events import flat, game_events, pairing_events, round_events
from sse_board.tournaments.running.notices import pairing_notices, users_of
from sse_board.tournaments.running.rows import game_columns
from sse_board.tournaments.tournament import Game, Pairing, Picture, Round
from sse_board.version import Version
from sse_board.web.identity import Identity

_queries = Queries("tournaments")

#: Whoever pairs has died when nothing came of it for so long: more than the engine may take.
PAIRING_TIME = timedelta(seconds=90)
#: What is left of a process's last seconds to who hears that their pairing was called off: seconds.
FAREWELL_SECONDS = 1.0


class Rounds:
    """Organisers and admins only."""

    def __init__(self, changing: Changing, postgres: Postgres, pairer: Pairer) -> None:
        self._changing = changing
        self._postgres = postgres
        self._pairer = pairer

    async def pair(self, id: str, given: Sequence[Pairing] | None, actor: Identity, request_id: str) -> int:
        """The next round's number, once it is paired, which may take seconds; `given` pairings are checked.

        Raises NotFound, InvalidRequest, Forbidden, Unavailable, or Conflict: another pairing is under way, the
        round before is not over, what it rests on changed meanwhile, or it was cancelled.
        """
        require_organiser(actor)
        if given is None:
            return await self._find(id, actor, request_id)
        async with self._changing.change(id, actor, request_id) as change:
            picture = await self._ready(change)
            number = require_pairable(picture)
            checked = check_given(picture, number, given)
            await change.run(_queries.begin_pairing, number=number, token=None, until=None)
            await self._put(change, picture, number, checked, "given")
        return number

    async def drain(self, seconds: float) -> None:
        """Pairings under way are called off before so long, and their rounds are free for whoever asks again."""
        await self._pairer.drain(max(0.0, seconds - FAREWELL_SECONDS))

    async def _ready(self, change: Change) -> Picture:
        """The picture without the round of somebody who died while pairing it."""
        row = await change.row(_queries.pairing)
        if row is not None and row[1]:
            await change.run(_queries.give_up_pairing, token=None)
        return await change.picture()

    async def _find(self, id: str, actor: Identity, request_id: str) -> int:
        """Nothing is held while the pairings are looked for: everybody sees that they are, and may call it off."""
        token = self._changing.new_id()
        async with self._changing.change(id, actor, request_id) as change:
            number = require_pairable(await self._ready(change))
            until = change.at + PAIRING_TIME
            await change.run(_queries.begin_pairing, number=number, token=token, until=until)
            await change.advance()
            picture = await change.picture()
        try:
            found = await self._pairer.pair(picture, number, self._wanted(id, number, token))
            await self._finish(picture, number, token, found, actor, request_id)
        except BaseException:
            await self._give_up(id, token, actor, request_id)
            raise
        return number

    def _wanted(self, id: str, number: int, token: str) -> IsWanted:
        async def is_wanted() -> bool:
            try:
                row = await self._postgres.one(_queries.is_wanted, id=id, number=number, token=token)
            except Unavailable:
                return True  # the engine may need longer than the database is away
            return row is not None and bool(row[0])

        return is_wanted

    async def _finish(
        self, picture: Picture, number: int, token: str, found: Sequence[Pairing], actor: Identity, rid: str
    ) -> None:
        async with self._changing.change(picture.tournament.id, actor, rid) as change:
            await self._require_same(change, picture.version, token)
            await self._put(change, picture, number, found, "found")

    async def _require_same(self, change: Change, version: Version, token: str) -> None:
        """Raises Conflict where the pairings rest on what is true no more."""
        row = await change.row(_queries.pairing)
        if row is None or row[0] != token:
            raise Conflict("The pairing was cancelled.")
        if change.version != version:
            details = {"version": str(change.version)}
            raise Conflict("The tournament changed while it was being paired; pair it again.", details=details)

    async def _put(
        self, change: Change, picture: Picture, number: int, pairings: Sequence[Pairing], how: str
    ) -> None:
        games = [
            Game(self._changing.new_id(), board, one.white, one.black, one.bye, None, "pending")
            for board, one in enumerate(pairings, 1)
        ]
        await change.run(_queries.add_games, **game_columns((number, game) for game in games))
        await change.run(_queries.end_pairing, number=number)
        await change.advance()
        picture = await change.picture()
        round, names, tournament = require_round(picture, number), names_of(picture), picture.tournament
        await change.audit("round.paired", {"how": how, **_in_short(round, picture)})
        change.tell(pairing_events(change.id, round, names, change.actor.user_id))
        users = users_of(picture.participants)
        await change.notify(pairing_notices(change.id, tournament.name, round, names, users))

    async def _give_up(self, id: str, token: str, actor: Identity, request_id: str) -> None:
        """The round goes at once, if it is still ours."""
        async with self._changing.change(id, actor, request_id) as change:
            row = await change.row(_queries.pairing)
            if row is not None and row[0] == token:
                await change.run(_queries.give_up_pairing, token=token)
                await change.advance()

    async def cancel(self, id: str, number: int, actor: Identity, request_id: str) -> None:
        """Forget a round that has not begun. Raises NotFound, Forbidden, Conflict."""
        require_organiser(actor)
        async with self._changing.change(id, actor, request_id) as change:
            picture = await change.picture()
            round = require_cancellable(picture, number)
            await change.run(_queries.cancel_round, number=number)
            await change.advance()
            await change.audit("round.cancelled", _in_short(round, picture))

    async def start(self, id: str, number: int, actor: Identity, request_id: str) -> None:
        """Its games begin, its byes count. Raises NotFound, Forbidden, Conflict."""
        require_organiser(actor)
        async with self._changing.change(id, actor, request_id) as change:
            require_round_startable(await change.picture(), number)
            await change.run(_queries.start_round, number=number)
            await change.advance()
            picture = await change.picture()
            await change.audit("round.started", {"round": number})
            self._tell_started(change, picture, number)
            if all(game.status == "completed" for game in require_round(picture, number).games):
                await close_round(change, picture, number)

    def _tell_started(self, change: Change, picture: Picture, number: int) -> None:
        round, names, by = require_round(picture, number), names_of(picture), change.actor.user_id
        change.tell(round_events("started", change.id, round, names, by))
        games = [game for game in round.games if game.black is not None]
        change.tell(flat(game_events("started", change.id, number, game, names, by) for game in games))


def _in_short(round: Round, picture: Picture) -> dict[str, Any]:
    """Who plays whom by their starting numbers, `12-4`, or has which bye, `7 half`: 500 boards are 5 KB."""
    numbers = {one.id: one.number for one in picture.participants}
    boards = [
        f"{numbers[game.white]}-{numbers[game.black]}" if game.black else f"{numbers[game.white]} {game.bye}"
        for game in round.games
    ]
    return {"round": round.number, "status": round.status, "boards": boards}
