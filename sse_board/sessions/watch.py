"""Turns hints about runs into changes of the channels that somebody listens to."""

import asyncio

from sse_board.live.states.feed import Feed
from sse_board.sessions.channels import CompetitorsSource, LiveSource
from sse_board.sessions.own import OwnProgressSource
from sse_board.tasks import until_beat

#: Competitors are compared at most this often: seconds.
COMPARE_SECONDS = 1.0


class RunWatch:
    """A hint names some runs; what nobody listens to costs two look-ups in a dict."""

    def __init__(
        self, feed: Feed, live: LiveSource, own: OwnProgressSource, competitors: CompetitorsSource
    ) -> None:
        self._feed = feed
        self._live = live
        self._own = own
        self._competitors = competitors
        #: Apps in which anything has changed since competitors were compared.
        self._moved: set[str] = set()

    def hint(self, channel: str, message: str) -> None:
        """`app/run/player app/run/player …`. Raises ValueError for anything else."""
        changed = self._feed.changed
        for named in message.split(" "):
            app, run_id, user_id = named.split("/")
            changed(self._live.of(run_id))
            changed(self._own.of(user_id))
            self._moved.add(app)

    async def compare_forever(self) -> None:
        while True:
            await asyncio.sleep(until_beat(COMPARE_SECONDS))
            self.compare()

    def compare(self) -> None:
        """Whoever is shown beside others of an app that moved is looked at again."""
        moved, self._moved = self._moved, set()
        if not moved:
            return
        shown = self._feed.channels_of(self._competitors)
        self._competitors.keep(shown)
        for channel in shown:
            if self._competitors.app_of(channel) in {None, *moved}:
                self._feed.changed(channel)
