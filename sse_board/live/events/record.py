"""One event as the log has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What a room has to tell. `name` is the channel's in the log; `data` is the payload without `timestamp`."""

    name: str
    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """An event with its place: positions are contiguous and in commit order."""

    position: int
    name: str
    type: str
    data: Mapping[str, Any]
    at: datetime
