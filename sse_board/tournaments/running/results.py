"""Results are entered and corrected."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from msgspec import UNSET, UnsetType, structs

from sse_board.clock import iso
from sse_board.errors import Conflict, NotFound
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tournaments.payloads import game_payload
from sse_board.tournaments.rules import collides, is_same_moment, require_organiser, require_started
from sse_board.tournaments.running.changing import Change, Changing
from sse_board.tournaments.running.closing import close_round
from sse_board.tournaments.running.events import flat, game_events
from sse_board.tournaments.running.notices import result_notices
from sse_board.tournaments.tournament import Game, Result
from sse_board.web.identity import Identity

_queries = Queries("tournaments")


@dataclass(frozen=True, slots=True)
class Standing:
    """A game with what entering its result takes. `users` by participant; `open`: games of its round not over."""

    tournament_id: str
    tournament: str
    round: int
    game: Game
    names: dict[str, str]
    users: dict[str, str]
    entered_by: dict[str, str] | None
    entered_at: datetime | None
    open: int

    def payload(self) -> dict[str, Any]:
        return {
            "tournamentId": self.tournament_id,
            "round": self.round,
            **game_payload(self.game, self.names),
            "enteredBy": self.entered_by,
            "enteredAt": self.entered_at and iso(self.entered_at),
        }


class Results:
    """Organisers and admins only. Hundreds come within a minute: only the last of a round reads everything."""

    def __init__(self, changing: Changing, postgres: Postgres) -> None:
        self._changing = changing
        self._postgres = postgres

    async def enter(
        self,
        game_id: str,
        result: Result,
        actor: Identity,
        request_id: str,
        replaces: Result | UnsetType | None = UNSET,
        tournament_id: str | None = None,
    ) -> dict[str, Any]:
        """The game as it is now; the same result again changes nothing. `tournament_id`: where it must belong.

        Raises NotFound, Forbidden, or Conflict, whose `details.current` is the game with `enteredBy`, `enteredAt`:
        somebody else entered another result at the same time, or it is not the one that the sender saw.
        """
        require_organiser(actor)
        before = await self._postgres.one(_queries.game_before, game=game_id)
        if before is None or tournament_id not in (None, before[0]):
            raise NotFound("There is no such game.")
        async with self._changing.change(before[0], actor, request_id) as change:
            there = await _read(change, game_id)
            require_started(there.game)
            if there.game.result != result:
                _require_known(there, change, replaces, before[1])
                there = await _enter(change, there, result)
        return there.payload()


async def _read(change: Change, game_id: str) -> Standing:
    row = await change.row(_queries.game_for_result, game=game_id)
    if row is None:
        raise NotFound("There is no such game.")
    round, tournament, by, by_name, at, white, white_user, black, black_user, open, *game = row
    one = Game(*game)
    users = {one.white: white_user, one.black: black_user}
    return Standing(
        change.id,
        tournament,
        round,
        one,
        {one.white: white, **({one.black: black} if one.black else {})},
        {player: user for player, user in users.items() if player and user},
        None if by is None else {"id": by, "name": by_name},
        at,
        open,
    )


def _require_known(
    there: Standing, change: Change, replaces: Result | UnsetType | None, seen_revision: int
) -> None:
    """Raises Conflict where whoever enters a result did not know the one that stands."""
    by_other = there.entered_by is not None and there.entered_by["id"] != change.actor.user_id
    at_once = is_same_moment(by_other, there.entered_at, change.at)
    if replaces is UNSET:
        is_unknown = collides(there.game, None, seen_revision, at_once)
    else:
        is_unknown = collides(there.game, replaces, None, at_once)
    if is_unknown:
        raise Conflict("Another result was entered meanwhile.", details={"current": there.payload()})


async def _enter(change: Change, there: Standing, result: Result) -> Standing:
    """The game as it is now."""
    previous, by = there.game.result, change.actor.user_id
    entered = await change.row(_queries.enter_result, game=there.game.id, result=result, by=by)
    assert entered is not None
    await change.advance()
    await change.audit("game.result", {"before": previous, "after": result}, ("game", there.game.id))
    game = structs.replace(there.game, result=result, status="completed", revision=there.game.revision + 1)
    new = replace(there, game=game, entered_by={"id": by, "name": entered[0]}, entered_at=change.at)
    await _tell(change, new, previous)
    if previous is None and there.open == 1:
        await close_round(change, await change.picture(), there.round)
    return new


async def _tell(change: Change, new: Standing, previous: Result | None) -> None:
    """A game is completed once, by its first result; what follows are corrections."""
    id, round, game, names = change.id, new.round, new.game, new.names
    kinds = ("result_submitted", "completed") if previous is None else ("result_submitted",)
    change.tell(flat(game_events(kind, id, round, game, names, change.actor.user_id, previous) for kind in kinds))
    await change.notify(result_notices(id, new.tournament, round, game, names, new.users, previous))
