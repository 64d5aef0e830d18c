"""The next round of a tournament, whichever way it is paired."""

import asyncio
from collections.abc import Awaitable, Callable

from sse_board import tasks
from sse_board.errors import Conflict, InvalidRequest
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

    async def pair(self, picture: Picture, number: int, is_wanted: IsWanted) -> tuple[Pairing, ...]:
        """The round `number` of a picture in which all earlier ones are over: games in board order, then byes.

        Raises Conflict where nothing can be paired, or nobody wants it any more, and InvalidRequest where the
        organiser pairs.
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
        try:
            while not (await asyncio.wait({work}, timeout=ASK_SECONDS))[0]:
                if not await is_wanted():
                    raise Conflict(f"The pairing of round {number} was cancelled.")
            return work.result()
        finally:
            await tasks.stop({work})

    async def _in_turn(self, number: int, question: str) -> list[tuple[int, int]]:
        async with self._turn:
            return await ask_engine(number, question)
