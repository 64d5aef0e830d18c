"""Which boards changed: told by hints, and found out every second in case a hint was lost."""

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog

from sse_board.boards.hint import Hint, read_hint
from sse_board.boards.reader import BoardReader
from sse_board.errors import BoardError
from sse_board.tasks import until_beat
from sse_board.version import Version

_log = structlog.get_logger()

#: How long a lost hint stays unnoticed, at the most: seconds.
SWEEP_SECONDS = 1.0
#: How long after its commit a hint may still come in: seconds.
HINT_SECONDS = 0.25

#: How long after a commit it may come into Redis, its process having died and the worker too: seconds. Without any
#: commit for so long there is nothing to find out.
SETTLED_SECONDS = 15.0

#: Called with the board, its version and the users whose entries changed; None for "any user".
ChangeListener = Callable[[str, Version, Sequence[str] | None], None]
#: Called with the board and all that is known of the change.
HintListener = Callable[[str, Hint], None]


class BoardWatch:
    """Calls its listeners once for each version that it sees for the first time."""

    def __init__(self, reader: BoardReader, last_commit: Callable[[], int]) -> None:
        self._reader = reader
        self._last_commit = last_commit
        self._known_commit = -1
        self._settled_at = 0.0
        self._seen: dict[str, Version] = {}
        self._listeners: list[ChangeListener] = []
        self._followers: list[HintListener] = []

    def listen(self, listener: ChangeListener) -> None:
        self._listeners.append(listener)

    def follow(self, follower: HintListener) -> None:
        """The same for who wants to know all that the hint said; they are told before the listeners."""
        self._followers.append(follower)

    def hint(self, channel: str, message: str) -> None:
        """A message of `ranking.hint_channel`."""
        self._changed(channel.rpartition(":")[2], read_hint(message))

    async def sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(until_beat(SWEEP_SECONDS))
            if not self._is_settled(time.monotonic()):
                await self.sweep()

    def stir(self) -> None:
        """Redis was away: look again for a while."""
        self._known_commit = -1

    def _is_settled(self, now: float) -> bool:
        commit = self._last_commit()
        if commit != self._known_commit:
            self._known_commit, self._settled_at = commit, now + SETTLED_SECONDS
        return now >= self._settled_at

    async def sweep(self) -> None:
        try:
            versions = await self._reader.versions()
        except BoardError as error:
            _log.warning("boards cannot be compared", reason=error.message)
            return
        news = {slug: version for slug, version in versions.items() if self._is_news(slug, version)}
        if news and self._seen:
            await asyncio.sleep(HINT_SECONDS)  # most hints are on their way, and say more precisely who changed
        for slug, version in news.items():
            if self._is_news(slug, version):
                self._changed(slug, Hint(version, None))

    def _is_news(self, slug: str, version: Version) -> bool:
        """An older version is a late hint, or a Redis that lost its last second and is being repaired."""
        return slug not in self._seen or version > self._seen[slug]

    def _changed(self, slug: str, hint: Hint) -> None:
        if self._is_news(slug, hint.version):
            self._seen[slug] = hint.version
        for follower in self._followers:
            follower(slug, hint)
        for listener in self._listeners:
            listener(slug, hint.version, hint.users)
