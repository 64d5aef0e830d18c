"""`tournaments:all`, `tournament:{id}`, `tournament:{id}:games`, `game:{id}`: logs that anyone may hear."""

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from sse_board.clock import iso
from sse_board.errors import BoardError
from sse_board.live.event import Event
from sse_board.live.events.record import Record
from sse_board.live.source import LogSource
from sse_board.tournaments.ids import FORM
from sse_board.tournaments.running.events import ALL
from sse_board.tournaments.showing.finding import Finder
from sse_board.tournaments.showing.lines import event_lines
from sse_board.web.identity import Identity

#: Raises NotFound for the id of what is not there.
Require = Callable[[str], Awaitable[None]]


def tournament_logs(finder: Finder) -> list[LogSource]:
    """What happens in all tournaments, in one, on its boards, on one of them."""
    return [
        TournamentLog(ALL, _anything),
        TournamentLog(rf"tournament:({FORM})", finder.require_tournament),
        TournamentLog(rf"tournament:({FORM}):games", finder.require_tournament),
        TournamentLog(rf"game:({FORM})", finder.require_game),
    ]


async def _anything(_: str) -> None:
    pass


class TournamentLog:
    """Channels of one form, in which a group is the id of what there must be."""

    def __init__(self, form: str, require: Require) -> None:
        self._form = re.compile(form, re.ASCII)
        self._require = require

    def owns(self, channel: str) -> bool:
        return self._form.fullmatch(channel) is not None

    def keeps(self, name: str) -> bool:
        return self.owns(name)

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        found = self._form.fullmatch(channel)
        assert found is not None
        try:
            await self._require(found[found.re.groups])
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
