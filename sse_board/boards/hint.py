"""What a hint says of a change: `epoch-seq user,user,…,@seq,3-5,7-`. Pure.

After the new version come the users whose entries changed, `*` for any; behind `@` the seq that the change was
made on, then the ranks that others may have lost or gained: from 3 to 5, and all from 7 on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sse_board.version import Version

#: Ranks from one to another, both included; None for no end.
Span = tuple[int, int | None]

#: Letters of a user id; a part of a hint that is shorter says something else.
USER_ID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class Hint:
    """`users`: None for any. `start`: what the change was made on; where nobody knows it, `spans` says nothing."""

    version: Version
    users: Sequence[str] | None
    start: Version | None = None
    spans: Sequence[Span] = ()


def read_hint(message: str) -> Hint:
    name, _, told = message.partition(" ")
    epoch, _, seq = name.partition("-")
    version = Version(int(epoch), int(seq))
    if told == "*":
        return Hint(version, None)
    parts = [part for part in told.split(",") if part]
    users = [part for part in parts if len(part) == USER_ID_LENGTH]
    starts = [Version(version.epoch, int(part[1:])) for part in parts if part.startswith("@")]
    spans = [_span(part) for part in parts if part[0] != "@" and len(part) != USER_ID_LENGTH]
    return Hint(version, users, starts[0] if starts else None, spans)


def _span(part: str) -> Span:
    first, _, last = part.partition("-")
    return int(first), int(last) if last else None
