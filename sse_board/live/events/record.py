"""One event as the log has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What a room has to tell. `name` is the channel's in the log; `data` is the payload without `timestamp`.

    `entity` is what it is about, (type, id), and `created_by` the user who caused it: for those who look the log
    through, not for listeners.
    """

    name: str
    type: str
    data: Mapping[str, Any]
    entity: tuple[str, str] | None = None
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """An event with its place: positions are contiguous and in commit order."""

    position: int
    name: str
    type: str
    data: Mapping[str, Any]
    at: datetime
