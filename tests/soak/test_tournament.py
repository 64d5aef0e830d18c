"""A whole Swiss through the API, watched in three ways while a web process is killed.

All end with the standings that an oracle computes from the exported file.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from decimal import Decimal
from random import Random
from typing import Any

import httpx

from sse_board.tournaments.tournament import TieBreak
from tests.soak.scale import PLENTY, SEED, scaled
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.organiser import PATH, Event, Organiser
from tests.support.pollers import Poller
from tests.support.processes import kill_below
from tests.support.servers import Runner, Stores
from tests.support.sockets import Socket
from tests.support.streams import Stream
from tests.tournaments.oracle import verdicts_of

PLAYERS = scaled(30, 100)
ROUNDS = scaled(5, 9)
#: A process dies in the middle of this round.
FATAL_ROUND = 4
#: Who registers by themselves.
USERS = 4
RESULTS = ("1-0", "1-0", "0-1", "0-1", "1/2-1/2", "1/2-1/2", "1/2-1/2", "+/-", "-/+", "-/-")
TIE_BREAKS: tuple[TieBreak, ...] = ("BH-C1", "BH", "SB", "SB-C1", "WIN", "WON", "PS")
#: Results entered at the same time.
AT_ONCE = 6
#: Longer than a killed process takes to come back: seconds.
PATIENCE = 30.0


class Watchers:
    """A stream, a socket and a poller that show all rows."""

    def __init__(self, event: Event) -> None:
        channels = f"tournament:{event.id}:standings,tournament:{event.id}:games"
        self.id = event.id
        self.stream = Stream(channels, limit=100)
        self.socket = Socket(channels=channels, limit=100)
        self.poller = Poller(channels, rows=100)
        self.url = ""

    async def move(self, url: str) -> None:
        """Come, or come back: with what was heard last."""
        await self.stream.cut()
        await self.socket.cut()
        self.url = url
        await self.stream.open(url)
        await self.socket.open(url)

    async def poll_forever(self) -> None:
        while True:
            with contextlib.suppress(httpx.TransportError):
                await self.poller.poll(self.url)
            await asyncio.sleep(0.1)

    def standings(self) -> list[tuple[str, list[Any]]]:
        """Version and rows of each."""
        kept = [(one.version, one.rows) for way in (self.stream, self.socket) for one in way.standings.values()]
        polled = [(one["version"], one["standings"]) for one in self.poller.standings.values()]
        return [(str(version), [dict(row) for row in rows]) for version, rows in (*kept, *polled)]

    def completed(self) -> list[Counter[str]]:
        """How often each game was told to be over, by each."""
        streamed = [one.json for one in self.stream.of_type("game.completed")]
        others = [[one["data"] for one in way.of_type("game.completed")] for way in (self.socket, self.poller)]
        return [Counter(one["gameId"] for one in told) for told in (streamed, *others)]


@contextlib.asynccontextmanager
async def watching(event: Event, url: str) -> AsyncIterator[Watchers]:
    watchers = Watchers(event)
    await watchers.move(url)
    polling = asyncio.create_task(watchers.poll_forever())
    yield watchers
    polling.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await polling
    await watchers.stream.cut()
    await watchers.socket.cut()


class Office:
    """Two organisers at two processes; what one of them does not answer is asked of the other."""

    def __init__(self, organisers: list[Player], apis: list[Api], event: Event, dice: Random) -> None:
        self._organisers = organisers
        self._apis = apis
        self._event = event
        self._dice = dice
        self._room = asyncio.Semaphore(AT_ONCE)
        self.entered = 0

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        first = self._dice.randrange(2)
        async with asyncio.timeout(PATIENCE):
            while True:
                first = 1 - first
                with contextlib.suppress(httpx.TransportError):
                    user, api = self._organisers[first], self._apis[first]
                    return data_of(await user.request(method, f"{PATH}/{self._event.id}{path}", body, api), status)
                await asyncio.sleep(0.1)

    async def enter(self, game: str) -> None:
        async with self._room:
            await self.ask("PUT", f"/games/{game}/result", {"result": self._dice.choice(RESULTS)})
            self.entered += 1

    async def enter_all(self, games: Iterable[str]) -> None:
        await asyncio.gather(*map(self.enter, games))

    async def until_entered(self, more: int) -> None:
        wanted = self.entered + more
        await eventually(lambda: self.entered >= wanted, every=0.002)

    async def arrange(self, number: int) -> list[str]:
        """Somebody comes late, somebody leaves, somebody pauses; then the round begins: its games."""
        there = (await self.ask("GET", "/participants"))["participants"]
        staying = [one["id"] for one in there if one["withdrawnFrom"] is None]
        pausing, leaving = self._dice.sample(staying, 2)
        await self.ask("PATCH", f"/participants/{pausing}", {"byes": {str(number): "half"}})
        if number == 2:
            await self.ask("POST", "/participants", {"name": "Late", "rating": 1700}, 201)
        if number == 3:
            await self.ask("POST", "/withdraw", {"participantId": leaving})
        await self.ask("POST", "/rounds", None, 201)
        begun = await self.ask("POST", f"/rounds/{number}/start")
        return [game["id"] for game in begun["games"] if game["black"]]


async def announced(api: Api, organisers: list[Player], dice: Random) -> Event:
    rules = {"system": "swiss", "rounds": ROUNDS, "tieBreaks": TIE_BREAKS, "edition": "2026"}
    event = await Organiser(organisers[0]).create("City Open", **rules)
    for number in range(PLAYERS - USERS):
        await event.add(f"Player {number}", rating=dice.randrange(1200, 2400))
    for player in await api.register_all([f"Registered {number}" for number in range(USERS)]):
        data_of(await player.request("POST", f"{PATH}/{event.id}/register"), 201)
    await event.do("POST", "/start")
    return event


async def test_a_whole_swiss_ends_as_the_oracle_says_for_all_who_watched_it_while_a_process_was_killed(
    runner: Runner, own_stores: Stores
) -> None:
    first, second = runner.serve_two(own_stores, **PLENTY)
    dice = Random(SEED)
    async with Api(first.url) as api, Api(second.url) as other:
        organisers = [await api.admin(own_stores), await api.admin(own_stores)]
        event = await announced(api, organisers, dice)
        office, games = Office(organisers, [api, other], event, dice), set[str]()
        async with watching(event, first.url) as watchers:
            for number in range(1, ROUNDS + 1):
                round = await office.arrange(number)
                games.update(round)
                if number == FATAL_ROUND:
                    entering = asyncio.create_task(office.enter_all(round))
                    await office.until_entered(4)
                    kill_below(first.process.pid, "processes.web")
                    await watchers.move(second.url)
                    await entering
                else:
                    await office.enter_all(round)
            await office.ask("POST", "/complete")
            rest = data_of(await other.http.get(f"{PATH}/{event.id}/standings"))
            end = (rest["version"], rest["standings"][:100])
            await eventually(lambda: [version for version, _ in watchers.standings()] == [end[0]] * 3)
            assert watchers.standings() == [end] * 3
            await eventually(lambda: all(told.keys() == games for told in watchers.completed()))
            assert {count for told in watchers.completed() for count in told.values()} == {1}
        exported = (await other.http.get(f"{PATH}/{event.id}/export.trf")).text
    said = verdicts_of(exported, ROUNDS, TIE_BREAKS, "2026")
    shown = {
        row["number"]: (row["rank"], {code: Decimal(value) for code, value in row["tieBreaks"].items()})
        for row in rest["standings"]
    }
    assert shown == said
