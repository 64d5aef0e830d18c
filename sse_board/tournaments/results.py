"""Results are entered and corrected."""

from typing import Any

from msgspec import UNSET, UnsetType

from sse_board.tournaments.changing import Changing
from sse_board.tournaments.tournament import Result
from sse_board.web.identity import Identity


class Results:
    """Organisers and admins only."""

    def __init__(self, changing: Changing) -> None:
        self._changing = changing

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
        raise NotImplementedError
