"""Standings as a client of `standings.updated` holds them."""

from collections.abc import Mapping
from typing import Any

from tests.support.replica import order_of

Row = Mapping[str, Any]


class StandingsReplica:
    """Keeps rows by position; every frame is checked against the contract."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.version: str | None = None
        self.round = 0
        self.total = 0
        self.snapshots = 0
        self.deltas = 0
        #: Every state that was reached, by version.
        self.reached: dict[str, list[Row]] = {}
        self._rows: dict[int, Row] = {}
        self._previous: str | None = None

    @property
    def rows(self) -> list[Row]:
        return [row for _, row in sorted(self._rows.items())]

    def begin(self) -> None:
        """A new connection: a new chain of versions, which begins with a snapshot."""
        self._previous = None

    def apply(self, data: Mapping[str, Any]) -> None:
        before, first = dict(self._rows), self._previous is None
        assert data["previousVersion"] == self._previous, "the chain of versions is broken"
        assert data["snapshot"] or not first, "a stream begins with a delta"
        if not first:
            assert order_of(data["version"]) > order_of(data["previousVersion"])
            assert data["snapshot"] or data["round"] == self.round, "a new round is told as a delta"
        self._take(data)
        if not data["snapshot"]:
            changed = [place for place, row in self._rows.items() if before.get(place) != row]
            assert [row["position"] for row in data["standings"]] == sorted(changed), "a row that did not change"
        assert sorted(self._rows) == list(range(1, min(self.limit, self.total) + 1)), "positions are missing"
        known = self.reached.setdefault(data["version"], self.rows)
        assert known == self.rows, f"version {self.version} names two states"

    def _take(self, data: Mapping[str, Any]) -> None:
        self.version = self._previous = data["version"]
        self.round, self.total = data["round"], data["total"]
        if data["snapshot"]:
            self.snapshots += 1
            self._rows.clear()
        else:
            self.deltas += 1
        self._rows.update({row["position"]: row for row in data["standings"]})
        for position in [place for place in self._rows if place > min(self.limit, self.total)]:
            del self._rows[position]
