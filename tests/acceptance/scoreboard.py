"""Standings as those know them who listen: by deltas over a stream or a socket, whole by polls."""

from collections.abc import Mapping
from typing import Any

#: What of a row is compared.
COMPARED = ("rank", "participantId", "score", "tieBreaks")
Rows = list[tuple[Any, ...]]


def rows_of(standings: list[dict[str, Any]]) -> Rows:
    """What a REST answer, or a snapshot, shows."""
    return [row_of(row) for row in sorted(standings, key=lambda row: int(row["position"]))]


def row_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] if name != "tieBreaks" else tuple(row[name].items()) for name in COMPARED)


class Scoreboard:
    """Applies `standings.updated` in order, and checks that nothing is missing between two."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rows: dict[int, tuple[Any, ...]] = {}
        self.version: str | None = None
        self.heard = 0

    def apply(self, events: list[dict[str, Any]]) -> None:
        """All events so far, of which those heard before are passed over."""
        for data in events[self.heard :]:
            self._take(data)
        self.heard = len(events)

    def _take(self, data: Mapping[str, Any]) -> None:
        first = data["previousVersion"] is None
        assert data["snapshot"] or not first, "a connection begins with a delta"
        assert first or data["previousVersion"] == self.version, "the chain of versions is broken"
        if data["snapshot"]:
            self._rows.clear()
        self._rows |= {row["position"]: row_of(row) for row in data["standings"]}
        for position in [place for place in self._rows if place > min(self._limit, data["total"])]:
            del self._rows[position]
        self.version = data["version"]

    @property
    def rows(self) -> Rows:
        return [row for _, row in sorted(self._rows.items())]
