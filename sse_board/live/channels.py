"""Which of the channels somebody asks for they may have."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sse_board.errors import InvalidRequest, NotFound
from sse_board.live.source import StateSource
from sse_board.web.identity import Identity

#: Names in one request; `leaderboard:*` is one of them, however many boards there are.
CHANNELS_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Admission:
    """What was granted, and what was refused with its code; `private` if a login is needed to keep it."""

    granted: list[str]
    refused: list[tuple[str, str]]
    private: bool


async def admit(asked: str, identity: Identity | None, sources: Sequence[StateSource]) -> Admission:
    """Judge a comma-separated list; one bad name never costs the good ones.

    Raises InvalidRequest for an empty list and for one that is too long.
    """
    names = _expanded(_names(asked), identity, sources)
    codes = await asyncio.gather(*(_refusal(name, identity, sources) for name in names))
    refused = [(name, code) for name, code in zip(names, codes, strict=True) if code]
    without = {name for name, _ in refused}
    granted = [name for name in names if name not in without]
    private = any(source.owns(name) and source.is_private(name) for name in granted for source in sources)
    return Admission(granted, refused, private)


def _names(asked: str) -> list[str]:
    names = list(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip()))
    if not names:
        raise InvalidRequest(
            "Name the channels: `?channels=leaderboard:scoreboard,…`.", details={"channels": "is required"}
        )
    if len(names) > CHANNELS_LIMIT:
        raise InvalidRequest(f"At most {CHANNELS_LIMIT} channels.", details={"channels": str(len(names))})
    return names


def _expanded(names: list[str], identity: Identity | None, sources: Sequence[StateSource]) -> list[str]:
    """`leaderboard:*` and `user:me:*` become what they stand for; other names stay."""
    found: dict[str, None] = {}
    for name in names:
        meant = [channel for source in sources for channel in source.expand(name, identity)]
        found.update(dict.fromkeys(meant or [name]))
    return list(found)


async def _refusal(name: str, identity: Identity | None, sources: Sequence[StateSource]) -> str | None:
    for source in sources:
        if source.owns(name):
            error = await source.refusal(name, identity)
            return error.code if error else None
    return NotFound.code
