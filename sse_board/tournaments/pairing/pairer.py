"""The next round of a tournament, whichever way it is paired."""

import asyncio
from collections.abc import Awaitable, Callable

from sse_board import tasks
from sse_board.errors import Conflict, InvalidRequest, Unavailable
from sse_board.tournaments.pairing.engine import ask_engine
from sse_board.tournaments.pairing.present import to_be_paired
from sse_board.tournaments.pairing.question import engine_question
from sse_board.tournaments.pairing.roundrobin import pair_round_robin
from sse_board.tournaments.pairing.swiss import swiss_round
from sse_board.tournaments.tournament import Pairing, Picture

#: How often it is asked whether the pairing is still wanted: seconds. Each time may cost a query.
ASK_SECONDS = 0.5

IsWanted = Callable[[], Awaitable[bool]]


class Pairer:
    """One engine at a time in each process: a second one would only slow both down, and the frames."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[list[tuple[int, int]]]] = set()
        self._is_draining = False

    async def pair(self, picture: Picture, number: int, is_wanted: IsWanted) -> tuple[Pairing, ...]:
        """The round `number` of a picture in which all earlier ones are over: games in board order, then byes.

        Raises Conflict where nothing can be paired, or nobody wants it any more, InvalidRequest where the
        organiser pairs, and Unavailable where this process ends before the engine does.
        """
        if picture.tournament.system == "manual":
            raise InvalidRequest("This tournament is paired by its organiser: send pairings.")
        if picture.tournament.system == "round_robin":
            return pair_round_robin(picture, number)
        if not to_be_paired(picture, number):
            raise Conflict("Nobody is there to be paired.")
        question = await asyncio.to_thread(engine_question, picture, number)
        pairs = await self._while_wanted(number, question, is_wanted)
        return swiss_round(picture, number, pairs)

    async def _while_wanted(self, number: int, question: str, is_wanted: IsWanted) -> list[tuple[int, int]]:
        work = asyncio.create_task(self._in_turn(number, question))
        self._under_way.add(work)
        try:
            while not (await asyncio.wait({work}, timeout=ASK_SECONDS))[0]:
                if not await is_wanted():
                    raise Conflict(f"The pairing of round {number} was cancelled.")
            if work.cancelled():
                raise Unavailable("This server is being replaced; pair the round again.")
            return work.result()
        finally:
            self._under_way.discard(work)
            await tasks.stop({work})

    async def drain(self, seconds: float) -> None:
        """What is under way may end for so long, and is called off then: there is still time to say so."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)
        self._is_draining = True
        await tasks.stop(self._under_way)

    async def _in_turn(self, number: int, question: str) -> list[tuple[int, int]]:
        async with self._turn:
            if self._is_draining:
                raise asyncio.CancelledError
            return await ask_engine(number, question)
