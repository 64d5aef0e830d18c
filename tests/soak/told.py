"""What frames say. All streams are told the same bytes, so equal bytes are understood, and checked, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tests.support.clients import parse
from tests.support.protocol import check
from tests.support.replica import Row, row_of

#: Payloads that are remembered: those of some seconds, each some KB.
KNOWN = 512


@dataclass(frozen=True, slots=True)
class Update:
    """A `leaderboard.update`."""

    slug: str
    version: str
    previous: str | None
    is_snapshot: bool
    rows: Mapping[int, Row]
    total: int


@lru_cache(KNOWN)
def update_of(data: bytes) -> Update:
    told = parse(data)
    check("leaderboard.update", told)
    rows = {entry["position"]: row_of(entry) for entry in told["entries"]}
    return Update(told["board"], told["version"], told["previousVersion"], told["snapshot"], rows, told["total"])


@lru_cache(KNOWN)
def number_of(data: bytes) -> int:
    """Of an announcement, which has it at the end of its title."""
    told = parse(data)
    check("system.announcement", told)
    return int(told["title"].rpartition(" ")[2])
