"""What has been counted in this window of time and in the one before it."""

import time
from math import floor
from typing import Any

from limits.storage.base import SlidingWindowCounterSupport, Storage


class TwoWindows(Storage, SlidingWindowCounterSupport):
    """The memory of a sliding window counter of `limits`, for one limit of so many `seconds`.

    It counts as the library's own storages do. But those look for what has expired among all their keys, again
    and again: with 10 000 addresses a hit costs a millisecond. Here a window that is over is dropped whole, and
    one event loop needs no locks.
    """

    base_exceptions = ValueError

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self._seconds = seconds
        self._ends = 0.0
        self._before: dict[str, int] = {}
        self._now: dict[str, int] = {}

    def hit(self, key: str, limit: int, amount: int = 1) -> bool:
        """Count it, unless it would be too much."""
        left = self._left()
        now = self._now.get(key, 0)
        if floor(self._before.get(key, 0) * left / self._seconds + now) + amount > limit:
            return False
        self._now[key] = now + amount
        return True

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        return self.hit(key, limit, amount)

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The count before and the seconds that it still weighs, the count now and the seconds of its life."""
        left = self._left()
        return self._before.get(key, 0), left, self._now.get(key, 0), left + self._seconds

    def _left(self) -> float:
        """Seconds until this window is over."""
        left = self._ends - time.time()
        return left if 0 < left <= self._seconds else self._turn()

    def _turn(self) -> float:
        window, passed = divmod(time.time(), self._seconds)
        ends = (window + 1) * self._seconds
        self._before = self._now if ends == self._ends + self._seconds else {}
        self._now, self._ends = {}, ends
        return self._seconds - passed

    def _unused(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError("only sliding windows are counted here")

    incr = get = get_expiry = check = reset = clear = clear_sliding_window = _unused
