"""`tournament:{id}:standings`: the standings as the engine sees them."""

import re
from collections.abc import Sequence
from functools import partial

from sse_board.clock import Clock, iso
from sse_board.errors import BoardError
from sse_board.live.event import Event
from sse_board.live.source import LIMITS
from sse_board.tournaments.ids import FORM
from sse_board.tournaments.showing.delta import Change, between, payload, whole
from sse_board.tournaments.showing.finding import Finder
from sse_board.tournaments.showing.lines import change_lines
from sse_board.tournaments.showing.painting import Painter
from sse_board.tournaments.showing.sheet import Sheet
from sse_board.tournaments.showing.tables import Tables
from sse_board.web.identity import Identity
from sse_board.web.templates import Templates

_STANDINGS = re.compile(rf"tournament:({FORM}):standings", re.ASCII)


def standings_channel(id: str) -> str:
    return f"tournament:{id}:standings"


class StandingsSource:
    """Public; one topic per window. Every version is told, for the HTML of a frame shows more than rows: the round
    under way as well. It is always the whole fragment: morphing it is the delta."""

    windowed = True
    least_seconds = 0.0

    def __init__(self, tables: Tables, finder: Finder, templates: Templates, clock: Clock) -> None:
        self._tables = tables
        self._finder = finder
        self._painter = Painter(templates)
        self._clock = clock

    def id_of(self, channel: str) -> str | None:
        """The tournament whose channel this is; None for no channel of this family."""
        found = _STANDINGS.fullmatch(channel)
        return found[1] if found else None

    def owns(self, channel: str) -> bool:
        return _STANDINGS.fullmatch(channel) is not None

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        try:
            await self._finder.require_tournament(self._id(channel))
        except BoardError as error:
            return error
        return None

    def is_private(self, channel: str) -> bool:
        return False

    async def read(self, channel: str, limit: int) -> Sheet:
        sheet = await self._tables.sheet(self._id(channel))
        for window in (one for one in LIMITS if one <= limit):
            await self._painter.prepare(sheet.top(window))
        return sheet.top(limit)

    def narrow(self, state: Sheet, limit: int) -> Sheet:
        return state.top(limit)

    def newer(self, before: Sheet, after: Sheet) -> Sheet:
        return max(before, after, key=lambda sheet: sheet.version)

    def snapshot(self, channel: str, state: Sheet, previous: str | None) -> Sequence[Event]:
        return [self._event(channel, whole(state, previous))]

    def delta(self, channel: str, before: Sheet, after: Sheet) -> Sequence[Event]:
        change = between(before, after)
        return [self._event(channel, change)] if change else []

    def version(self, state: Sheet) -> str:
        return str(state.version)

    def appearance(self, state: Sheet) -> str:
        return str(state.version)

    def _id(self, channel: str) -> str:
        id = self.id_of(channel)
        assert id is not None
        return id

    def _event(self, channel: str, change: Change) -> Event:
        return Event(
            "standings.updated",
            payload(change, iso(self._clock())),
            channel=channel,
            html=partial(self._painter.paint, change.sheet),
            text=partial(change_lines, change),
        )
