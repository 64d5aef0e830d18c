"""Somebody who holds one tournament after the other, a step at a time, and goes on where it stopped."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from random import Random

import msgspec
import structlog

from sse_board.clock import Clock, iso
from sse_board.demo.client import Client
from sse_board.demo.matches import ROUNDS, Seat, outcome
from sse_board.demo.transport import Refused

NAME = "Demo Arbiter"
TITLE = "Evening Open"
PATH = "/api/v1/tournaments"
#: Between two steps, such as a result: seconds.
STEP_SECONDS = (1.0, 4.0)
#: Before a round begins, and before the next tournament: seconds.
ROUND_SECONDS, REST_SECONDS = 12.0, 60.0
#: Announced so long before it begins.
NOTICE = timedelta(minutes=1)

_log = structlog.get_logger(__name__)

#: Makes the arbiter an organiser. Raises OSError.
Appoint = Callable[[], Awaitable[None]]


class Created(msgspec.Struct):
    id: str


class Held(msgspec.Struct, rename="camel"):
    id: str
    name: str
    status: str
    rounds: int
    participant_count: int


class Listed(msgspec.Struct):
    tournaments: list[Held]


class Side(msgspec.Struct):
    id: str
    name: str


class Game(msgspec.Struct):
    id: str
    white: Side
    black: Side | None
    result: str | None


class Round(msgspec.Struct):
    number: int
    status: str
    games: list[Game]


class Rounds(msgspec.Struct):
    rounds: list[Round]


class Anything(msgspec.Struct):
    pass


class Arbiter:
    def __init__(self, client: Client, invited: Sequence[Seat], clock: Clock, dice: Random) -> None:
        self._client = client
        self._invited = invited
        self._ratings = {seat.name: seat.rating for seat in invited}
        self._clock = clock
        self._dice = dice

    async def hold(self, appoint: Appoint) -> None:
        """Without end."""
        while True:
            try:
                pause = await self.step()
            except Refused as refused:
                if refused.status == 403:
                    await appoint()
                else:
                    _log.warning("arbiter refused", answer=str(refused))
                pause = refused.wait
            await asyncio.sleep(pause)

    async def step(self) -> float:
        """What is to be done next; seconds until the one after. Raises Refused."""
        event = await self._present()
        if event is None:
            return await self._announce()
        if event.status == "upcoming":
            return await self._begin(event)
        return await self._go_on(event)

    async def _present(self) -> Held | None:
        """The tournament that is under way, or announced."""
        for status in ("active", "upcoming"):
            listed = await self._client.ask("GET", f"{PATH}?status={status}&limit=100", Listed)
            if mine := [event for event in listed.tournaments if event.name == TITLE]:
                return mine[0]
        return None

    async def _announce(self) -> float:
        starts = iso(self._clock() + NOTICE)
        ties = ["BH-C1", "BH", "SB", "DE"]
        await self._client.ask(
            "POST", PATH, Created, name=TITLE, startsAt=starts, rounds=ROUNDS, system="swiss", tieBreaks=ties
        )
        return self._pause()

    async def _begin(self, event: Held) -> float:
        """They come one by one."""
        if missing := self._invited[event.participant_count :]:
            path = f"{PATH}/{event.id}/participants"
            await self._client.ask("POST", path, Created, name=missing[0].name, rating=missing[0].rating)
        else:
            await self._client.ask("POST", f"{PATH}/{event.id}/start", Anything)
        return self._pause()

    async def _go_on(self, event: Held) -> float:
        rounds = (await self._client.ask("GET", f"{PATH}/{event.id}/rounds", Rounds)).rounds
        last = rounds[-1] if rounds else None
        if last is not None and last.status == "active":
            return await self._enter(event, last)
        if last is not None and last.status == "paired":
            await self._client.ask("POST", f"{PATH}/{event.id}/rounds/{last.number}/start", Anything)
            return self._pause()
        if len(rounds) == event.rounds:
            await self._client.ask("POST", f"{PATH}/{event.id}/complete", Anything)
            return REST_SECONDS
        await self._client.ask("POST", f"{PATH}/{event.id}/rounds", Anything)
        return ROUND_SECONDS

    async def _enter(self, event: Held, round: Round) -> float:
        """One of the games is over."""
        game = self._dice.choice([game for game in round.games if game.black and game.result is None])
        assert game.black is not None
        white, black = (self._ratings.get(side.name, 0) for side in (game.white, game.black))
        result = outcome(white, black, self._dice)
        await self._client.ask("PUT", f"{PATH}/{event.id}/games/{game.id}/result", Anything, result=result)
        return self._pause()

    def _pause(self) -> float:
        return self._dice.uniform(*STEP_SECONDS)
