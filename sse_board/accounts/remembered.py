"""What was read from PostgreSQL, kept in a bounded memory until somebody says that it changed."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class Remembered(Generic[V]):
    """Values by user id; when `limit` is reached, the one that was asked for longest ago goes."""

    def __init__(self, load: Callable[[str], Awaitable[V | None]], *, limit: int) -> None:
        self._load = load
        self._limit = limit
        self._values: OrderedDict[str, V] = OrderedDict()
        self._changes = 0

    async def get(self, user_id: str) -> V | None:
        """The value, loaded when it is not here; None (never kept) when there is no such user."""
        value = self.peek(user_id)
        return await self._load_and_keep(user_id) if value is None else value

    def peek(self, user_id: str) -> V | None:
        """The value if it is here."""
        value = self._values.get(user_id)
        if value is not None:
            self._values.move_to_end(user_id)
        return value

    async def _load_and_keep(self, user_id: str) -> V | None:
        changes = self._changes
        value = await self._load(user_id)
        # What was read while a change came in may be the state before it: good for this answer only.
        if value is not None and changes == self._changes:
            self._values[user_id] = value
            if len(self._values) > self._limit:
                self._values.popitem(last=False)
        return value

    def forget(self, user_id: str) -> None:
        self._changes += 1
        self._values.pop(user_id, None)
