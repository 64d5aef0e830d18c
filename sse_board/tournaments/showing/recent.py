"""What was used last, as much of it as there is room for."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Forgets what was not asked for longest when all together weigh more than `limit`; a single one stays."""

    def __init__(self, limit: int, weigh: Callable[[V], int] = lambda _: 1) -> None:
        self._limit = limit
        self._weigh = weigh
        self._weight = 0
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def take(self, key: K) -> V | None:
        """The same, and forget it."""
        found = self._kept.pop(key, None)
        self._weight -= 0 if found is None else self._weigh(found)
        return found

    def put(self, key: K, value: V) -> V:
        """Keep it in place of what was there; returns it."""
        self.take(key)
        self._weight += self._weigh(value)
        self._kept[key] = value
        while self._weight > self._limit and len(self._kept) > 1:
            _, forgotten = self._kept.popitem(last=False)
            self._weight -= self._weigh(forgotten)
        return value
