"""A board as one of thousands holds it: `tests.support.replica` without what costs time and memory."""

from tests.soak.told import Update
from tests.support.replica import Row, State, order_of


class Board:
    __slots__ = ("_limit", "_rows", "_total", "_version")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rows: dict[int, Row] = {}
        self._total = 0
        self._version: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether this connection has brought it."""
        return self._version is not None

    @property
    def state(self) -> State:
        return tuple(row for _, row in sorted(self._rows.items())), self._total

    def begin(self) -> None:
        """A new connection: a new chain of versions, which begins with a snapshot."""
        self._version = None

    def apply(self, update: Update) -> None:
        assert update.previous == self._version, f"on {self._version} came what follows {update.previous}"
        assert update.is_snapshot or self._version is not None, "a stream begins with a delta"
        assert self._version is None or order_of(update.version) > order_of(self._version), "versions fall"
        if update.is_snapshot:
            self._rows.clear()
        self._rows.update(update.rows)
        self._version, self._total = update.version, update.total
        shown = min(self._limit, self._total)
        for position in range(shown + 1, len(self._rows) + 1):
            self._rows.pop(position, None)
        assert len(self._rows) == shown, "positions are missing"
