"""A tournament as its organisers and players run it, by nothing but the API."""

import asyncio
import random
from collections.abc import Iterable
from typing import Any

import httpx

from tests.support.clients import Api, Player, data_of

#: What organisers enter, and how often.
RESULTS = {"1-0": 40, "1/2-1/2": 30, "0-1": 24, "+/-": 2, "-/+": 2, "-/-": 2}
#: How often somebody enters a result again that got no answer.
TRIES = 20

Data = dict[str, Any]


class Arena:
    """`organisers` enter results at the same time, each at the process of `doors` that is theirs."""

    def __init__(self, organisers: list[Player], doors: list[Api], seed: int) -> None:
        self.organisers = organisers
        self.doors = doors
        self.path = ""
        self.entered: dict[str, str] = {}
        self._dice = random.Random(seed)

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]

    async def create(self, **rules: Any) -> None:
        created = await self.organisers[0].request("POST", "/api/v1/tournaments", rules)
        self.path = f"/api/v1/tournaments/{data_of(created, 201)['id']}"

    async def add(self, people: Iterable[Data]) -> list[str]:
        """The ids of the participants; several are added at a time."""
        room = asyncio.Semaphore(8)

        async def one(person: Data) -> str:
            async with room:
                return str((await self.do("POST", "/participants", person, status=201))["id"])

        return await asyncio.gather(*map(one, people))

    async def do(self, method: str, path: str, body: Any = None, status: int = 200, by: int = 0) -> Any:
        answer = await self.organisers[by].request(method, self.path + path, body, api=self.doors[by])
        return data_of(answer, status)

    async def pair(self, number: int) -> list[Data]:
        """The games of the round, which has been started."""
        paired = await self.do("POST", "/rounds", status=201)
        assert paired["number"] == number
        await self.do("POST", f"/rounds/{number}/start")
        found = (await self.do("GET", "/rounds"))["rounds"][number - 1]
        assert found["status"] == "active"
        games: list[Data] = [game for game in found["games"] if game["black"] is not None]
        return games

    async def play(self, games: list[Data]) -> None:
        """All organisers enter results, until each game has one."""
        names, weights = zip(*RESULTS.items(), strict=True)
        drawn = self._dice.choices(names, weights, k=len(games))
        self.entered |= {game["id"]: result for game, result in zip(games, drawn, strict=True)}
        shares = [games[number :: len(self.organisers)] for number in range(len(self.organisers))]
        await asyncio.gather(*(self._enter(by, share) for by, share in enumerate(shares)))

    async def _enter(self, by: int, games: list[Data]) -> None:
        for game in games:
            data_of(await self._insist(by, f"/games/{game['id']}/result", {"result": self.entered[game["id"]]}))

    async def _insist(self, by: int, path: str, body: Data) -> httpx.Response:
        """An organiser whose process died asks at another; nothing is counted twice."""
        for _ in range(TRIES):
            try:
                return await self.organisers[by].request("PUT", self.path + path, body, api=self.doors[by])
            except httpx.TransportError:
                self.doors[by] = self.doors[0]
        raise AssertionError("no process answers")
