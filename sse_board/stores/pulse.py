"""Whether a store answers: asked unless it just did, so that nobody else has to wait to find out."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import structlog

from sse_board.tasks import stop, until_beat

_log = structlog.get_logger()

#: Pause between two beats: seconds.
BEAT_SECONDS = 0.5
#: A probe that took this much longer than its time says more about this process than about the store: seconds.
LATE_SECONDS = 0.5


class Pulse:
    """A circuit breaker: open, that is not `up`, from a probe that fails to the next one that does not.

    `probe` raises within `seconds` where the store does not answer. Until `start` the store counts as up.
    """

    def __init__(self, store: str, probe: Callable[[], Awaitable[None]], seconds: float) -> None:
        self.up = True
        self.store = store
        self._probe = probe
        self._seconds = seconds
        self._listeners: list[Callable[[], None]] = []
        self._doubted = asyncio.Event()
        self._heard = -BEAT_SECONDS
        self._task: asyncio.Task[None] | None = None

    def on_failure(self, listener: Callable[[], None]) -> None:
        """Call this when the store went down."""
        self._listeners.append(listener)

    def doubt(self) -> None:
        """Somebody was let down: probe now."""
        self._doubted.set()

    def answered(self) -> None:
        """Somebody has had an answer: as good as a probe, and it costs nothing."""
        self._heard = time.monotonic()

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._beat_forever(), name=f"pulse of {self.store}")

    async def stop(self) -> None:
        if self._task is not None:
            await stop([self._task])

    async def _beat_forever(self) -> None:
        while True:
            if not self._is_well():
                self._doubted.clear()
                self._tell(await self._answers())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._doubted.wait(), until_beat(BEAT_SECONDS))

    def _is_well(self) -> bool:
        """It answered since the last beat, and let nobody down."""
        return self.up and not self._doubted.is_set() and time.monotonic() - self._heard < BEAT_SECONDS

    async def _answers(self) -> bool:
        began = time.monotonic()
        try:
            await self._probe()
        except Exception:
            return self.up and time.monotonic() - began > self._seconds + LATE_SECONDS
        return True

    def _tell(self, up: bool) -> None:
        if up == self.up:
            return
        self.up = up
        _log.warning("store answers again" if up else "store does not answer", store=self.store)
        if not up:
            for listener in self._listeners:
                try:
                    listener()
                except Exception:
                    _log.exception("nobody may stop a pulse", store=self.store)
