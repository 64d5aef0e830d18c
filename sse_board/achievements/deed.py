"""What the log of commits holds for those who award: deeds, and what was taken back. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sse_board.scores.action import Effect


@dataclass(frozen=True, slots=True)
class Deed:
    """An accepted action, whatever became of it later. `time_zone`: where its player is."""

    seq: int
    user_id: str
    action_id: str
    action_type: str
    effects: tuple[Effect, ...]
    metadata: Mapping[str, Any]
    at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The void of an action: a commit of its own, at `seq`."""

    seq: int
    user_id: str
    action_id: str
    boards: tuple[str, ...]
    at: datetime


Commit = tuple[Deed, ...]


def commits(page: Sequence[Deed | Taken], *, is_full: bool) -> tuple[Taken | None, list[Commit]]:
    """(a void that comes first, else the commits before the next void).

    Actions of one batch share their moment, and their places follow each other. The last batch of a full page may
    go on behind it, and is left for the next one.
    """
    if page and isinstance(page[0], Taken):
        return page[0], []
    deeds: list[Deed] = []
    for item in page:
        if isinstance(item, Taken):
            break
        deeds.append(item)
    found = list(_batches(deeds))
    if is_full and len(deeds) == len(page) and len(found) > 1:
        found.pop()
    return None, found


def _batches(deeds: Sequence[Deed]) -> Iterator[Commit]:
    ends = [place for place, (one, two) in enumerate(pairwise(deeds), 1) if not _together(one, two)]
    for begin, end in pairwise([0, *ends, len(deeds)]):
        if begin < end:
            yield tuple(deeds[begin:end])


def _together(one: Deed, two: Deed) -> bool:
    return one.at == two.at and two.seq == one.seq + 1
