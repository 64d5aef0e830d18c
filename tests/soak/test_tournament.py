"""A whole Swiss through the API, watched in three ways while a web process is killed.

All end with the standings that an oracle computes from the exported file.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from decimal import Decimal
from itertools import dropwhile
from random import Random
from typing import Any

import httpx

from sse_board.tournaments.tournament import TieBreak
from tests.soak.scale import PLENTY, SEED, scaled
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.events import Message
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
#: Pause between two polls, each of which has all rows: seconds.
POLL_SECONDS = 0.3
#: An event of a log: its place, its channel, its type.
Told = tuple[str | None, str, str]
#: Longer than a killed process takes to come back: seconds.
PATIENCE = 30.0


class Watchers:
    """A stream, a socket and a poller that show all rows."""

    def __init__(self, event: Event) -> None:
        logs = f"tournaments:all,tournament:{event.id},tournament:{event.id}:games"
        channels = f"tournament:{event.id}:standings,{logs}"
        self.stream = Stream(channels, limit=100)
        self.socket = Socket(channels=channels, limit=100)
        self.poller = Poller(channels, rows=100, limit=500)
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
            await asyncio.sleep(POLL_SECONDS)

    def standings(self) -> list[tuple[str, list[Any]]]:
        """Version and rows of each."""
        kept = [(one.version, one.rows) for way in (self.stream, self.socket) for one in way.standings.values()]
        polled = [(one["version"], one["standings"]) for one in self.poller.standings.values()]
        return [(str(version), [dict(row) for row in rows]) for version, rows in (*kept, *polled)]

    def logs(self) -> list[list[Told]]:
        """Every event with a place in the log from the start of the tournament on, as it came to each."""
        streamed = [(one.id, one.json["channel"], one.type) for one in self.stream.messages if is_logged(one)]
        others = [
            [(one["id"], one["channel"], one["type"]) for one in events if "id" in one and "channel" in one]
            for events in (self.socket.messages, self.poller.events)
        ]
        return [list(dropwhile(lambda told: told[2] != "tournament.started", log)) for log in (streamed, *others)]


def is_logged(message: Message) -> bool:
    return message.id is not None and message.type != "heartbeat"


@contextlib.asynccontextmanager
async def watching(event: Event, url: str) -> AsyncIterator[Watchers]:
    watchers = Watchers(event)
    await watchers.move(url)
    await watchers.poller.poll(url)
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

    async def correct(self, game: str) -> None:
        """What was entered was wrong."""
        rounds = (await self.ask("GET", "/rounds"))["rounds"]
        entered = next(one["result"] for round in rounds for one in round["games"] if one["id"] == game)
        other = "0-1" if entered == "1-0" else "1-0"
        await self.ask("PUT", f"/games/{game}/result", {"result": other, "replaces": entered})

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


async def announced(organisers: list[Player], players: list[Player], dice: Random) -> Event:
    rules = {"system": "swiss", "rounds": ROUNDS, "tieBreaks": TIE_BREAKS, "edition": "2026"}
    event = await Organiser(organisers[0]).create("City Open", **rules)
    for number in range(PLAYERS - USERS):
        await event.add(f"Player {number}", rating=dice.randrange(1200, 2400))
    for player in players:
        data_of(await player.request("POST", f"{PATH}/{event.id}/register"), 201)
    return event


async def test_a_whole_swiss_ends_as_the_oracle_says_for_all_who_watched_it_while_a_process_was_killed(
    runner: Runner, own_stores: Stores
) -> None:
    first, second = runner.serve_two(own_stores, **PLENTY)
    dice = Random(SEED)
    async with Api(first.url) as api, Api(second.url) as other:
        organisers = [await api.admin(own_stores), await api.admin(own_stores)]
        players = await api.register_all([f"Registered {number}" for number in range(USERS)])
        event = await announced(organisers, players, dice)
        office, games = Office(organisers, [api, other], event, dice), set[str]()
        async with watching(event, first.url) as watchers:
            await event.do("POST", "/start")
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
            await office.correct(round[0])
            await office.ask("POST", "/complete")
            rest = data_of(await other.http.get(f"{PATH}/{event.id}/standings"))
            end = (rest["version"], rest["standings"][:100])
            await eventually(lambda: [version for version, _ in watchers.standings()] == [end[0]] * 3)
            assert watchers.standings() == [end] * 3
            await eventually(lambda: all(log[-1:] == watchers.logs()[0][-1:] for log in watchers.logs()))
            check_logs(watchers.logs(), event, games)
        await check_notices(players, event, office)
        exported = (await other.http.get(f"{PATH}/{event.id}/export.trf")).text
    said = verdicts_of(exported, ROUNDS, TIE_BREAKS, "2026")
    shown = {
        row["number"]: (row["rank"], {code: Decimal(value) for code, value in row["tieBreaks"].items()})
        for row in rest["standings"]
    }
    assert shown == said


def check_logs(logs: list[list[Told]], event: Event, games: set[str]) -> None:
    """All heard the same, through cuts and a killed process, and each of it once."""
    assert logs[0] == logs[1] == logs[2]
    assert len(set(logs[0])) == len(logs[0])
    told = Counter((channel.partition(event.id)[2], type) for _, channel, type in logs[0] if event.id in channel)
    kinds = ("pairing.generated", "round.started", "round.completed")
    assert [told["", kind] for kind in kinds] == [ROUNDS] * 3
    kinds = ("game.started", "game.completed", "game.result_submitted")
    assert [told[":games", kind] for kind in kinds] == [len(games), len(games), len(games) + 1]
    assert [told["", f"tournament.{kind}"] for kind in ("started", "completed")] == [1, 1]


async def check_notices(players: list[Player], event: Event, office: Office) -> None:
    """Whoever was paired was told whom they play, with a link."""
    rounds = (await office.ask("GET", "/rounds"))["rounds"]
    there = {one["userId"]: one["id"] for one in (await office.ask("GET", "/participants"))["participants"]}
    for player in players:
        inbox = data_of(await player.request("GET", "/api/v1/notifications?limit=100"))["notifications"]
        links = {one["link"] for one in inbox if one["category"] == "pairingUpdates"}
        games = [
            game["id"]
            for round in rounds
            for game in round["games"]
            if game["black"] and there[player.id] in (game["white"]["id"], game["black"]["id"])
        ]
        assert {f"/tournaments/{event.id}#game-{game}" for game in games} <= links
