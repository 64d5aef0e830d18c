"""One thing that the feed shall tell of, or has told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sse_board.activity.kinds import EVENTS
from sse_board.clock import iso
from sse_board.live.cursor import to_cursor


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a player did: `kind` is one of `activity/kinds.py`.

    `data` are its fields as they are told, without those of the player and the board.
    """

    kind: str
    user_id: str
    board: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as it was told: `id` is its place in the feed, `data` its payload."""

    id: int
    kind: str
    data: Mapping[str, Any]
    at: datetime

    @property
    def cursor(self) -> str:
        return to_cursor(self.id)

    def payload(self) -> dict[str, Any]:
        data = {"id": self.cursor, **self.data, "timestamp": iso(self.at)}
        return {"type": EVENTS[self.kind], "data": data, "timestamp": iso(self.at)}
