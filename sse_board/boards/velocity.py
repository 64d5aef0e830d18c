"""Places gained over the last hour: told from a sample of the ranks that were an hour ago. Pure."""

import struct
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: The first of a board, whose velocity is known: a sample of them has 18 KB.
SAMPLED = 1_000
#: What velocity looks back, in minutes; a sample is taken each minute.
HOUR = 60
#: Minutes for which samples are kept: some more, so that one is there where a minute was left out.
KEPT = HOUR + 3

_HEAD = struct.Struct("<QQ")
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Sample:
    """Who stood where, under which rules. `at`: milliseconds since 1970; `ranks` by `key`; `voided` likewise: when
    an action of theirs was taken back, where that is known."""

    epoch: int
    at: int
    ranks: Mapping[bytes, int]
    voided: Mapping[bytes, int]

    def gained(self, epoch: int, user_id: str, rank: int) -> int | None:
        """Places since, negative for lost. None for who was not sampled, or would not be now, for whose action was
        taken back, and where the rules are others."""
        user = key(user_id)
        before = self.ranks.get(user)
        if epoch != self.epoch or before is None or rank > SAMPLED or self.voided.get(user, 0) >= self.at:
            return None
        return before - rank


def key(user_id: str) -> bytes:
    return bytes.fromhex(user_id.replace("-", ""))


def pack(epoch: int, at: int, ranks: Iterable[tuple[str, int]]) -> bytes:
    """Epoch and time, the ranks, the players."""
    users, places = bytearray(), array("H")
    for user_id, rank in ranks:
        users += key(user_id)
        places.append(rank)
    return _HEAD.pack(epoch, at) + places.tobytes() + bytes(users)


def unpack(packed: bytes, voided: Mapping[bytes, int]) -> Sample:
    epoch, at = _HEAD.unpack_from(packed)
    count = (len(packed) - _HEAD.size) // (_ID_BYTES + 2)
    places = array("H", packed[_HEAD.size : _HEAD.size + 2 * count])
    start = _HEAD.size + 2 * count
    users = (packed[place : place + _ID_BYTES] for place in range(start, len(packed), _ID_BYTES))
    return Sample(epoch, at, dict(zip(users, places, strict=True)), voided)


def chosen(minutes: Sequence[int], now: int) -> int | None:
    """The minute whose sample to compare with: the last that is an hour ago or more, else the first there is."""
    past = sorted(minute for minute in minutes if now - KEPT <= minute < now)
    before = [minute for minute in past if minute <= now - HOUR]
    return before[-1] if before else next(iter(past), None)
