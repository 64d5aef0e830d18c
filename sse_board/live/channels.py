"""Which of the channels somebody asks for they may have."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sse_board.errors import BoardError, InvalidRequest, NotFound
from sse_board.live.source import Family, LogSource, StateSource
from sse_board.web.identity import Identity

#: Names in one request; `leaderboard:*` is one of them, however many boards there are.
CHANNELS_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Admission:
    """What was granted, and what was refused and why."""

    granted: list[str]
    refused: list[tuple[str, BoardError]]

    def payload(self) -> dict[str, object]:
        refused = [{"channel": channel, "code": error.code} for channel, error in self.refused]
        return {"channels": self.granted, "refused": refused}


class Channels:
    """All families that there are."""

    def __init__(self, states: Sequence[StateSource], logs: Sequence[LogSource]) -> None:
        self.states = states
        self.logs = logs
        self._families: list[Family] = [*states, *logs]

    async def admit(self, asked: Iterable[str], identity: Identity | None) -> Admission:
        """Judge a list of names; one bad name never costs the good ones."""
        names = self.expanded(asked, identity)
        errors = await asyncio.gather(*(self._refusal(name, identity) for name in names))
        refused = [(name, error) for name, error in zip(names, errors, strict=True) if error]
        without = {name for name, _ in refused}
        return Admission([name for name in names if name not in without], refused)

    def is_private(self, channel: str) -> bool:
        """Whether listening to it needs an identity that stays valid."""
        return any(family.is_private(channel) for family in self._families if family.owns(channel))

    def state_of(self, channel: str) -> StateSource | None:
        return next((source for source in self.states if source.owns(channel)), None)

    def log_of(self, channel: str) -> LogSource | None:
        return next((source for source in self.logs if source.owns(channel)), None)

    def expanded(self, names: Iterable[str], identity: Identity | None) -> list[str]:
        """`leaderboard:*` and `user:me:*` become what they stand for; other names stay."""
        found: dict[str, None] = {}
        for name in names:
            meant = [channel for family in self._families for channel in family.expand(name, identity)]
            found.update(dict.fromkeys(meant or [name]))
        return list(found)

    async def _refusal(self, name: str, identity: Identity | None) -> BoardError | None:
        for family in self._families:
            if family.owns(name):
                return await family.refusal(name, identity)
        return NotFound("There is no such channel.")


def listed(asked: str) -> list[str]:
    """The names in a comma-separated list. Raises InvalidRequest for none, and for too many."""
    names = list(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip()))
    if not names:
        raise InvalidRequest(
            "Name the channels: `?channels=leaderboard:scoreboard,…`.", details={"channels": "is required"}
        )
    return checked(names)


def checked(names: list[str]) -> list[str]:
    """The same names. Raises InvalidRequest for too many."""
    if len(names) > CHANNELS_LIMIT:
        raise InvalidRequest(f"At most {CHANNELS_LIMIT} channels.", details={"channels": str(len(names))})
    return names
