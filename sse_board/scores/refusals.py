"""Refused attempts count towards a player's rate; they are remembered by this process only."""

from collections import OrderedDict
from datetime import datetime

from sse_board.scores.rules import RATE_WINDOW

#: Players whose refusals are remembered: some hundred bytes each.
PLAYERS_LIMIT = 20_000
#: Refusals remembered of one player: no quota is expected to be higher than this.
REFUSALS_LIMIT = 1_000


class Refusals:
    def __init__(self) -> None:
        self._times: OrderedDict[str, list[datetime]] = OrderedDict()

    def of(self, user_id: str) -> list[datetime]:
        return self._times.get(user_id, [])

    def add(self, user_id: str, now: datetime) -> None:
        """Those that left the window go as new ones come."""
        times = self._times.pop(user_id, [])
        recent = [time for time in times if time > now - RATE_WINDOW][-REFUSALS_LIMIT:]
        self._times[user_id] = [*recent, now]
        if len(self._times) > PLAYERS_LIMIT:
            self._times.popitem(last=False)
