"""Players at their keyboards: each acts, rests, and hears from the answers how it stands."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from random import Random

import structlog

from sse_board.clock import Clock
from sse_board.demo.client import Client, Outcome
from sse_board.demo.habits import RUN_BEYOND, TICK_SECONDS, Choice, Standing, choose, opening, practice, rest
from sse_board.demo.players import Player
from sse_board.demo.skills import App, metadata, next_mood, ticks
from sse_board.demo.transport import JITTER, Refused

#: What a run adds to `overall`: points, of which the runs a player made before a restart are told.
POINTS_OF_A_RUN = 10

_log = structlog.get_logger(__name__)


class Keyboard:
    """One player and its program. `run_seconds` is the least age of a run that may be scored."""

    def __init__(
        self, player: Player, client: Client, standing: Standing, clock: Clock, dice: Random, run_seconds: float
    ) -> None:
        self._player = player
        self._client = client
        self._standing = standing
        self._clock = clock
        self._dice = dice
        self._run_seconds = run_seconds

    async def play(self, rival: Standing) -> None:
        """Without end: first the opening in one go, then at leisure."""
        await asyncio.sleep(self._player.arrival)
        for choice in opening(self._dice):
            await self._turn(choice)
        while True:
            await asyncio.sleep(rest(self._player, self._standing, rival, self._dice))
            await self._turn(choose(self._player, self._standing, self._now(), self._dice))

    async def _turn(self, choice: Choice) -> None:
        try:
            await self._do(choice)
        except Refused as refused:
            _log.warning("player refused", player=self._player.name, choice=choice, answer=str(refused))
            await asyncio.sleep(refused.wait * max(1.0, self._dice.uniform(*JITTER)))

    async def _do(self, choice: Choice) -> None:
        standing = self._standing
        standing.mood = next_mood(standing.mood, self._dice)
        if choice == "quiz":
            standing.quiz_at = self._now()
            learn(standing, await self._client.act("quiz_complete", {}))
        elif choice == "task":
            learn(standing, await self._client.act("task_finish", {}))
        else:
            await self._run(choice)

    async def _run(self, app: App) -> None:
        session = await self._client.start_run(app)
        standing, own = self._standing, self._player.talents[app]
        claim = metadata(app, own, practice(standing), standing.mood, self._dice)
        pause, count = self._pace()
        await self._practise(session, ticks(claim, count, self._dice), pause)
        learn(standing, await self._client.act(f"{app}_complete", {"sessionId": session, **claim}))

    def _pace(self) -> tuple[float, int]:
        """Seconds between two ticks, and how many there are in this run."""
        seconds = self._run_seconds + self._dice.uniform(*RUN_BEYOND)
        count = max(1, round(seconds / TICK_SECONDS))
        return seconds / count, count

    async def _practise(self, session: str, told: Sequence[Mapping[str, float]], pause: float) -> None:
        """A tick that is lost costs nothing but the last one, which the claim must agree with."""
        for values in told:
            await asyncio.sleep(pause)
            with contextlib.suppress(Refused):
                await self._client.tell(session, values)

    def _now(self) -> float:
        return self._clock().timestamp()


def learn(standing: Standing, outcome: Outcome) -> None:
    """The server knows best: so a player that comes back after a restart is as practised as before."""
    for told in outcome.boards:
        if told.board == "scoreboard":
            standing.points, standing.rank = told.score, told.rank
        elif told.board == "overall":
            standing.runs = told.score / POINTS_OF_A_RUN


async def simulate(
    players: Sequence[Player],
    new_client: Callable[[Player], Client],
    clock: Clock,
    dice: Random,
    run_seconds: float,
) -> None:
    """All of them at once, until cancelled."""
    standings = {player.name: Standing() for player in players}
    async with asyncio.TaskGroup() as group:
        for player in players:
            standing, rival = standings[player.name], standings.get(player.rival, Standing())
            keyboard = Keyboard(player, new_client(player), standing, clock, dice, run_seconds)
            group.create_task(keyboard.play(rival))
