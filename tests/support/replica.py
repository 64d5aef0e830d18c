"""A board as a client of `leaderboard.update` holds it."""

from collections.abc import Mapping
from typing import Any

#: What of a board's row is its state: the rest describes movement.
STATE = ("position", "rank", "userId", "username", "avatarUrl", "score")
Row = tuple[Any, ...]
#: The rows in order, and the total.
State = tuple[tuple[Row, ...], int]


def row_of(entry: Mapping[str, Any]) -> Row:
    return tuple(entry[name] for name in STATE)


def state_of(answer: Mapping[str, Any]) -> State:
    """What a REST answer shows."""
    return tuple(map(row_of, answer["leaderboard"])), answer["total"]


def order_of(version: str) -> tuple[int, int]:
    epoch, _, seq = version.partition("-")
    return int(epoch), int(seq)


class Replica:
    """A board as a client of `leaderboard.update` holds it; every frame is checked against the contract."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.version: str | None = None
        self.total = 0
        #: Every state that was reached, by version.
        self.reached: dict[str, State] = {}
        self.deltas = 0
        self.snapshots = 0
        #: Snapshots that no change explains: repairs of a gap.
        self.repairs = 0
        self._rows: dict[int, Row] = {}
        self._previous: str | None = None

    @property
    def state(self) -> State:
        return tuple(row for _, row in sorted(self._rows.items())), self.total

    def begin(self) -> None:
        """A new connection: a new chain of versions, which begins with a snapshot."""
        self._previous = None

    def apply(self, data: Mapping[str, Any]) -> None:
        first = self._previous is None
        before, total = dict(self._rows), self.total
        assert data["previousVersion"] == self._previous, "the chain of versions is broken"
        assert data["snapshot"] or not first, "a stream begins with a delta"
        self._take(data)
        self.version = self._previous = data["version"]
        self._check_shape(data)
        if not first:
            assert order_of(self.version) > order_of(data["previousVersion"])
            self._check_economy(data, before, total)
            self._check_moves(data, before)
        known = self.reached.setdefault(self.version, self.state)
        assert known == self.state, f"version {self.version} names two states"

    def _take(self, data: Mapping[str, Any]) -> None:
        self.total = data["total"]
        if data["snapshot"]:
            self.snapshots += 1
            self._rows.clear()
        else:
            self.deltas += 1
        self._rows.update({entry["position"]: row_of(entry) for entry in data["entries"]})
        for position in [position for position in self._rows if position > min(self.limit, self.total)]:
            del self._rows[position]

    def _check_shape(self, data: Mapping[str, Any]) -> None:
        shown = min(self.limit, self.total)
        assert sorted(self._rows) == list(range(1, shown + 1)), "positions are missing"
        assert len({row[2] for row in self._rows.values()}) == shown, "somebody stands twice"
        assert all(1 <= entry["position"] <= shown for entry in data["entries"])

    def _check_economy(self, data: Mapping[str, Any], before: Mapping[int, Row], total: int) -> None:
        """A frame says something new, and is a snapshot only where that is shorter."""
        changed = [position for position, row in self._rows.items() if before.get(position) != row]
        said = (changed, len(self._rows), self.total) != ([], len(before), total)
        is_shorter = len(self._rows) >= 10 and len(changed) * 2 > len(self._rows)
        new_epoch = order_of(data["version"])[0] != order_of(data["previousVersion"])[0]
        if data["snapshot"] and not (is_shorter or new_epoch):
            self.repairs += 1
            return
        assert said or new_epoch, "a frame that changes nothing"
        if not data["snapshot"]:
            assert sorted(entry["position"] for entry in data["entries"]) == sorted(changed)
            assert not is_shorter, "more than half of the window changed"

    def _check_moves(self, data: Mapping[str, Any], before: Mapping[int, Row]) -> None:
        """`changedPositions` lists those, and only those, whose rank in the window changed."""
        old = {row[2]: row[1] for row in before.values()}
        new = {row[2]: (row[1], row[5]) for row in self._rows.values()}
        moved = {
            user: (old.get(user), *new.get(user, (None, None)))
            for user in (*old, *new)
            if old.get(user) != new.get(user, (None,))[0]
        }
        said = {
            move["userId"]: (move["previousRank"], move["newRank"], move["score"])
            for move in data["changedPositions"]
        }
        assert len(said) == len(data["changedPositions"])
        assert said == moved or (data["snapshot"] and not said)
