"""`tournaments:all`, `tournament:{id}`, `tournament:{id}:games`, `game:{id}`: logs that anyone may hear."""

import re
from collections.abc import Sequence
from functools import partial

from sse_board.clock import iso
from sse_board.errors import BoardError
from sse_board.live.event import Event
from sse_board.live.events.record import Record
from sse_board.tournaments.finding import Finder
from sse_board.tournaments.ids import FORM
from sse_board.tournaments.lines import event_lines
from sse_board.web.identity import Identity

ALL = "tournaments:all"
_TOURNAMENT = re.compile(rf"tournament:({FORM})(?::games)?", re.ASCII)
_GAME = re.compile(rf"game:({FORM})", re.ASCII)


class TournamentLogs:
    """What happens in all tournaments, in one, on its boards, on one of them."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def owns(self, channel: str) -> bool:
        return channel == ALL or any(form.fullmatch(channel) for form in (_TOURNAMENT, _GAME))

    def keeps(self, name: str) -> bool:
        return self.owns(name)

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        try:
            if found := _TOURNAMENT.fullmatch(channel):
                await self._finder.require_tournament(found[1])
            elif found := _GAME.fullmatch(channel):
                await self._finder.require_game(found[1])
        except BoardError as error:
            return error
        return None

    def is_private(self, channel: str) -> bool:
        return False

    def names(self, channel: str, identity: Identity | None) -> Sequence[str]:
        return (channel,)

    def event(self, record: Record) -> Event:
        data = {**record.data, "timestamp": iso(record.at)}
        text = partial(event_lines, record.type, data)
        return Event(record.type, data, channel=record.name, text=text, position=record.position)
