"""Players who act all the time, whatever dies; and what must be true of it afterwards."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from typing import Any

import httpx

from tests.support.clients import Api, Player
from tests.support.streams import Stream

#: Pause of a player between two actions, and of a client before it tries again: seconds.
PAUSE_SECONDS = 0.03
#: What an action is worth.
POINTS = 10


class Crowd:
    """Every action is sent until its answer is 200 or 409: then it counts, and exactly once."""

    def __init__(self, players: Sequence[Player], apis: Sequence[Api], dice: random.Random) -> None:
        self._players = players
        self._apis = apis
        self._dice = dice
        self._tasks: list[asyncio.Task[None]] = []
        self._over = asyncio.Event()
        #: Actions that count, by player.
        self.counted = {player.id: 0 for player in players}
        #: How often the answer to an action was lost or 503.
        self.repeated = 0

    def act(self) -> None:
        self._over.clear()
        self._tasks = [asyncio.create_task(self._act(player)) for player in self._players]

    async def rest(self) -> None:
        """Until every action that was begun counts."""
        self._over.set()
        await asyncio.gather(*self._tasks)

    async def _act(self, player: Player) -> None:
        while not self._over.is_set():
            action_id = f"{self._dice.getrandbits(64):x}"
            while not await self._counts(player, action_id):
                self.repeated += 1
                await asyncio.sleep(PAUSE_SECONDS)
            self.counted[player.id] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def _counts(self, player: Player, action_id: str) -> bool:
        try:
            answer = await player.act("task_finish", api=self._dice.choice(self._apis), action_id=action_id)
        except httpx.TransportError:
            return False
        assert answer.status_code in (200, 409, 503), answer.text
        if answer.status_code == 409:
            assert answer.json()["error"]["details"]["result"]["pointsAwarded"] == POINTS
        return answer.status_code != 503


class Follower:
    """A stream that comes back by itself, as browsers do, here or at another server."""

    def __init__(self, urls: Sequence[str], dice: random.Random) -> None:
        self.stream = Stream("leaderboard:scoreboard", limit=100)
        self._urls = urls
        self._dice = dice
        self._following = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(httpx.TransportError):
                await self.stream.open(self._dice.choice(self._urls))
                with contextlib.suppress(AssertionError):
                    await self.stream.until(lambda: False, seconds=3_600)
            await self.stream.cut()
            await asyncio.sleep(PAUSE_SECONDS)

    async def end(self) -> None:
        self._following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._following
        await self.stream.cut()

    @property
    def scores(self) -> dict[str, Any]:
        board = self.stream.boards.get("scoreboard")
        return {row[2]: row[5] for row in board.state[0]} if board else {}
