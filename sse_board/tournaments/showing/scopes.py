"""`presence:tournament:{id}`: who listens to any channel of a tournament."""

import re

from sse_board.errors import BoardError, NotFound
from sse_board.tournaments.ids import FORM
from sse_board.tournaments.showing.finding import Finder

_CHANNEL = re.compile(rf"tournament:({FORM})(?::games|:standings)?", re.ASCII)
_GAME = re.compile(rf"game:({FORM})", re.ASCII)
_SCOPE = re.compile(rf"tournament:({FORM})", re.ASCII)


class TournamentScopes:
    """A scope is called as the tournament's channel is."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def of(self, channel: str) -> str | None:
        if found := _CHANNEL.fullmatch(channel):
            return f"tournament:{found[1]}"
        found = _GAME.fullmatch(channel)
        home = self._finder.home(found[1]) if found else None
        return home and f"tournament:{home}"

    async def refusal(self, scope: str) -> BoardError | None:
        found = _SCOPE.fullmatch(scope)
        if found is None:
            return NotFound("There is no such channel.")
        try:
            await self._finder.require_tournament(found[1])
        except BoardError as error:
            return error
        return None
