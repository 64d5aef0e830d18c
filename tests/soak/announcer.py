"""Announcements with numbers, so that whoever hears them knows whether one is missing or came twice."""

import time
from dataclasses import dataclass, field

from tests.support.clients import Player


@dataclass(slots=True)
class Numbers:
    """`told`: the last one that was answered; `begun`: when each was on its way (monotonic), by number."""

    told: int = 0
    begun: list[float] = field(default_factory=lambda: [0.0])


class Announcer:
    """One after the other, so that the numbers are the order of the log."""

    def __init__(self, admin: Player, characters: int) -> None:
        self.numbers = Numbers()
        self._admin = admin
        self._message = "x" * characters

    async def announce(self) -> None:
        number = len(self.numbers.begun)
        self.numbers.begun.append(time.monotonic())
        await self._admin.announce(f"number {number}", message=self._message)
        self.numbers.told = number
