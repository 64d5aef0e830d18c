"""One thing that the feed shall tell of. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a player did: `kind` is one of `activity/kinds.py`.

    `data` are its fields as they are told, without those of the player and the board.
    """

    kind: str
    user_id: str
    board: str | None
    data: Mapping[str, Any]
