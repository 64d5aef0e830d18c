"""Keys are rotated under load, in the order that the README gives, and nobody is refused."""

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.security.conftest import PLENTY, parts
from tests.support.clients import Api, Player, data_of, error_of, eventually
from tests.support.servers import Runner, Stores, WebServer

OLD, NEW = (f"{name}:{base64.b64encode(name.encode() * 16).decode()}" for name in ("k1", "k2"))
#: Requests that each player has made before the next process is restarted.
ROUND = 2
#: Between two rounds of a player: the machine has processes to start meanwhile. Seconds.
PAUSE = 0.1


class Site:
    """Two processes that are restarted one after the other; `apis` are those that take requests now."""

    def __init__(self, runner: Runner, stores: Stores) -> None:
        self._runner = runner
        self._stores = stores
        self._servers: list[WebServer] = []
        self.apis: list[Api] = []
        self._taken: list[Api] = []

    async def start(self, keys: str) -> None:
        self._servers = list(await asyncio.gather(self._serve(keys), self._serve(keys)))
        self.apis = [Api(server.url) for server in self._servers]

    async def _serve(self, keys: str) -> WebServer:
        server = self._runner.serve(self._stores, ready=False, JWT_KEYS=keys, ACTION_KEYS=keys, **PLENTY)
        await asyncio.to_thread(server.wait_until_ready)
        return server

    async def restart(self, number: int, keys: str) -> None:
        """As a load balancer sees it: the new process takes over, then the old one ends."""
        server, old, taken = await self._serve(keys), self._servers[number], self.apis[number]
        self._servers[number], self.apis[number] = server, Api(server.url)
        old.end()  # what it has begun it answers; the runner looks at how it ended
        self._taken.append(taken)

    async def close(self) -> None:
        for api in (*self.apis, *self._taken):
            await api.http.aclose()


class Crowd:
    """Players who act and read all the while, each time at the next process."""

    def __init__(self, site: Site, players: list[Player]) -> None:
        self._site = site
        self._turns = itertools.count()
        self._requests = dict.fromkeys(range(len(players)), 0)
        self.players = players
        self.refused: list[str] = []

    def next(self) -> Api:
        return self._site.apis[next(self._turns) % 2]

    async def play(self, number: int) -> None:
        """For ever. What is refused is noted."""
        while True:
            player = self.players[number]
            answers = [
                await player.act("task_finish", api=self.next()),
                await player.request("GET", "/api/v1/auth/me", api=self.next()),
            ]
            self.refused += [answer.text for answer in answers if answer.status_code != 200]
            self._requests[number] += 1
            await asyncio.sleep(PAUSE)

    async def round(self) -> None:
        """Until everybody has been served at both processes a few times."""
        goal = {number: done + ROUND for number, done in self._requests.items()}
        await eventually(lambda: all(self._requests[number] >= wanted for number, wanted in goal.items()), 20)

    @asynccontextmanager
    async def playing(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self.play(number)) for number in range(len(self.players))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert not self.refused


async def test_keys_rotate_over_two_processes_and_nobody_is_refused(own_stores: Stores, runner: Runner) -> None:
    site = Site(runner, own_stores)
    await site.start(OLD)
    players = await site.apis[0].register_all([f"rotated {number}" for number in range(3)])
    crowd, laggard = Crowd(site, players), await site.apis[1].register("laggard")
    async with crowd.playing():
        for keys in (f"{OLD},{NEW}", f"{NEW},{OLD}"):
            for number in range(2):
                await crowd.round()
                await site.restart(number, keys)
                crowd.players.append(await crowd.next().register(f"newcomer {len(crowd.players)}"))
                data_of(await crowd.players[-1].act("task_finish", api=crowd.next()))
        await crowd.round()
        for number in range(3):  # within its time everybody renews their token and fetches the new action key
            crowd.players[number] = await crowd.next().log_in(players[number].username)
            assert parts(crowd.players[number].token)[0]["kid"] == "k2"
            assert crowd.players[number].key_id == "k2.1"
        for number in range(2):
            await crowd.round()
            await site.restart(number, NEW)
        await crowd.round()
    for api in site.apis:
        assert error_of(await laggard.act("task_finish", api=api)) == (401, "UNAUTHORIZED"), "the old token"
    renewed = await site.apis[0].log_in(laggard.username)
    laggard.token = renewed.token
    for api in site.apis:
        assert error_of(await laggard.act("task_finish", api=api)) == (403, "INVALID_SIGNATURE"), "the old key"
        data_of(await renewed.act("task_finish", api=api))
    await site.close()
