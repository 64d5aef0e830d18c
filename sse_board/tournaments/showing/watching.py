"""Which tournaments changed: told by hints, and found out every second in case a hint was lost."""

import asyncio

import structlog

from sse_board.errors import BoardError
from sse_board.live.states.feed import Feed
from sse_board.tasks import until_beat
from sse_board.tournaments.hint import read_hint
from sse_board.tournaments.showing.channels import StandingsSource, standings_channel
from sse_board.tournaments.showing.kept import Pictures

_log = structlog.get_logger()

#: How long a lost hint stays unnoticed, at the most: seconds.
SWEEP_SECONDS = 1.0


class TournamentWatch:
    """Only for tournaments whose standings somebody listens to; where nobody does, nothing is asked."""

    def __init__(self, pictures: Pictures, source: StandingsSource, feed: Feed) -> None:
        self._pictures = pictures
        self._source = source
        self._feed = feed

    def hint(self, channel: str, message: str) -> None:
        """Raises ValueError for what is none."""
        id, version = read_hint(message)
        self._pictures.hint(id, version)
        self._feed.changed(standings_channel(id))

    async def sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(until_beat(SWEEP_SECONDS))
            await self.sweep()

    async def sweep(self) -> None:
        watched = [id for channel in self._feed.channels if (id := self._source.id_of(channel))]
        try:
            found = await asyncio.gather(*map(self._pictures.version, watched))
        except BoardError as error:
            _log.warning("tournaments cannot be compared", reason=error.message)
            return
        for id, version in zip(watched, found, strict=True):
            channel = standings_channel(id)
            if version is not None and self._feed.version(channel) != str(version):
                self._feed.changed(channel)
