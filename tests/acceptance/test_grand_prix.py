"""A Swiss of a hundred over nine rounds, played through the API, watched in every way, with a process killed."""

import asyncio
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.acceptance.arena import Arena
from tests.acceptance.scoreboard import Rows, Scoreboard, rows_of
from tests.live.conftest import PLENTY
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.pollers import Poller
from tests.support.servers import Runner, Stores, WebServer
from tests.support.sockets import Socket
from tests.support.streams import Stream

ROUNDS, PLAYERS, REGISTERED = 9, 100, 3
#: Any number: the same tournament every time.
SEED = 20_260_501
TIE_BREAKS = ["BH-C1", "BH", "SB", "WIN", "PS"]
#: The same, as the oracle calls them.
ORACLE = ["PTS", "BH/C1/V2026", "BH/V2026", "SB/V2026", "WIN", "PS"]
#: Pause between two polls, each of which has all rows: seconds.
POLL_SECONDS = 0.5
#: The round in which a process is killed.
KILLED_IN = 4


class Crowd:
    """Three who watch all of it: by a stream, a socket, and polls."""

    def __init__(self, tournament: str) -> None:
        logs = f"tournaments:all,tournament:{tournament},tournament:{tournament}:games"
        channels = f"tournament:{tournament}:standings,{logs}"
        self.stream = Stream(channels, limit=PLAYERS)
        self.socket = Socket(channels=channels, limit=PLAYERS)
        self.poller = Poller(channels, rows=PLAYERS, limit=500)
        self.boards = {"stream": Scoreboard(PLAYERS), "socket": Scoreboard(PLAYERS)}

    async def open(self, url: str) -> None:
        await self.stream.open(url)
        await self.socket.open(url)
        await self.poller.poll(url)
        self._polling = asyncio.create_task(self._poll(url))

    async def cut(self) -> None:
        await self.stream.cut()
        await self.socket.cut()
        assert self.socket.failure is None
        self._polling.cancel()
        await asyncio.wait({self._polling})

    async def _poll(self, url: str) -> None:
        while True:
            await self.poller.poll(url)
            await asyncio.sleep(POLL_SECONDS)

    def told(self, type: str) -> dict[str, list[dict[str, Any]]]:
        return {
            "stream": [one.json for one in self.stream.of_type(type)],
            "socket": [one["data"] for one in self.socket.of_type(type)],
            "poll": [one["data"] for one in self.poller.of_type(type)],
        }

    def agree(self, truth: Rows) -> bool:
        """Whether all know these standings."""
        told = self.told("standings.updated")
        for way, board in self.boards.items():
            board.apply(told[way])
        polled = rows_of(told["poll"][-1]["standings"]) if told["poll"] else []
        return all(rows == truth for rows in (*(board.rows for board in self.boards.values()), polled))

    def logs(self) -> dict[str, list[tuple[str, str, str]]]:
        """(place, channel, type) of what has a place in the log."""
        streamed = [
            (one.id, one.json["channel"], one.type)
            for one in self.stream.messages
            if one.id and "channel" in one.json
        ]
        others = {"socket": self.socket.messages, "poll": self.poller.events}
        found = {
            way: [(one["id"], one["channel"], one["type"]) for one in events if "id" in one and "channel" in one]
            for way, events in others.items()
        }
        return {"stream": streamed, **found}


@pytest_asyncio.fixture
async def servers(own_stores: Stores, runner: Runner) -> AsyncIterator[tuple[WebServer, WebServer]]:
    yield runner.serve_two(own_stores, HEARTBEAT_SECONDS=1, BOARD_TICK_MS=20, **PLENTY)


async def organisers(stores: Stores, one: Api, count: int) -> list[Player]:
    admin = await one.admin(stores)
    people = await one.register_all([f"organiser {number}" for number in range(count)])
    for person in people:
        data_of(await admin.request("PATCH", f"/api/v1/admin/users/{person.id}", {"role": "ORGANIZER"}))
    return [await one.log_in(person.username) for person in people]


async def test_all_who_watch_end_with_the_standings_that_the_oracle_computes(
    own_stores: Stores, servers: tuple[WebServer, WebServer], tmp_path: Path
) -> None:
    first, second = servers
    async with Api(first.url) as one, Api(second.url) as two:
        arena = Arena(await organisers(own_stores, one, 2), [one, two], SEED)
        start = "2026-05-01T10:00:00Z"
        await arena.create(name="Grand Prix", startsAt=start, rounds=ROUNDS, system="swiss", tieBreaks=TIE_BREAKS)
        players = await one.register_all([f"Grand Prix player {number}" for number in range(REGISTERED)])
        for player in players:
            data_of(await player.request("POST", f"{arena.path}/register", api=two), 201)
        # the last one of them comes late, in the third round
        others = [{"name": f"Nº {number}", "rating": 2600 - 7 * number} for number in range(PLAYERS - REGISTERED)]
        people = await arena.add(others[:-1])
        crowd = Crowd(arena.id)
        await crowd.open(second.url)
        await arena.do("POST", "/start")

        for number in range(1, ROUNDS + 1):
            if number == 2:
                await arena.do("PATCH", f"/participants/{people[10]}", {"byes": {"2": "half"}})
            if number == 3:
                people += await arena.add(others[-1:])
            if number == 6:
                await arena.do("POST", "/withdraw", {"participantId": people[20]})
                data_of(await players[0].request("POST", f"{arena.path}/withdraw"))
            games = await arena.pair(number)
            playing = asyncio.create_task(arena.play(games))
            if number == KILLED_IN:
                await eventually(lambda: len(crowd.stream.of_type("game.completed")) > len(arena.entered) - 30)
                second.kill()
                await crowd.cut()
                await crowd.open(first.url)
            await playing
            await is_over(arena, number)
        await correct_one(arena, games)
        await arena.do("POST", "/complete")

        truth = await arena.do("GET", "/standings")
        assert len(truth["standings"]) == PLAYERS
        await eventually(lambda: crowd.agree(rows_of(truth["standings"])))
        await eventually(lambda: all("tournament.completed" in data_types(log) for log in crowd.logs().values()))
        await crowd.cut()
        check_log(crowd, arena)
        trf = await arena.organisers[0].request("GET", f"{arena.path}/export.trf")
        path = tmp_path / "export.trf"
        path.write_text(trf.text, encoding="utf-8")
        assert by_participant(truth["standings"]) == by_oracle(path, truth["standings"])
        await was_told_of_each_round(players[1], arena)


async def is_over(arena: Arena, number: int) -> None:
    rounds = (await arena.do("GET", "/rounds"))["rounds"]
    assert rounds[number - 1]["status"] == "completed"
    for game in rounds[number - 1]["games"]:
        assert game["result"] == arena.entered.get(game["id"]), game


async def correct_one(arena: Arena, games: list[dict[str, Any]]) -> None:
    """Entered the wrong way round."""
    game = next(game for game in games if arena.entered[game["id"]] == "1-0")
    await arena.do("PUT", f"/games/{game['id']}/result", {"result": "0-1", "replaces": "1-0"})
    arena.entered[game["id"]] = "0-1"


def data_types(log: list[tuple[str, str, str]]) -> set[str]:
    return {type for _, _, type in log}


def check_log(crowd: Crowd, arena: Arena) -> None:
    logs = crowd.logs()
    assert logs["stream"] == logs["socket"] == logs["poll"]
    assert len(set(logs["stream"])) == len(logs["stream"])
    told = Counter(
        (channel.partition(arena.id)[2], type) for _, channel, type in logs["stream"] if arena.id in channel
    )
    assert {told["", type] for type in ("pairing.generated", "round.started", "round.completed")} == {ROUNDS}
    assert told[":games", "game.started"] == told[":games", "game.completed"] == len(arena.entered)
    assert told[":games", "game.result_submitted"] == len(arena.entered) + 1
    assert told["", "tournament.started"] == told["", "tournament.completed"] == 1


def by_participant(standings: list[dict[str, Any]]) -> dict[int, tuple[Decimal, ...]]:
    """Number → score and tie-breaks."""
    return {
        row["number"]: (Decimal(row["score"]), *(Decimal(row["tieBreaks"][code]) for code in TIE_BREAKS))
        for row in standings
    }


def by_oracle(path: Path, standings: list[dict[str, Any]]) -> dict[int, tuple[Decimal, ...]]:
    """What a program that others wrote computes from the export; its ranks must be ours."""
    checker = [
        sys.executable,
        "-m",
        "gacrux.tiebreakchecker",
        "-i",
        str(path),
        "-f",
        "TRF",
        "-b",
        "utf-8",
        "-n",
        str(ROUNDS),
    ]
    done = subprocess.run([*checker, "-dT", "-o", "-", "-t", *ORACLE], capture_output=True, text=True, check=True)
    lines = [re.split(r"\t", line) for line in done.stdout.splitlines() if re.match(r"\d+\t", line)]
    ranks = {int(number): int(rank) for number, rank, *_ in lines}
    assert ranks == {row["number"]: row["rank"] for row in standings}
    return {int(number): tuple(map(Decimal, values)) for number, _, *values in lines}


async def was_told_of_each_round(player: Player, arena: Arena) -> None:
    inbox = data_of(await player.request("GET", "/api/v1/notifications?limit=100"))
    pairings = [notice for notice in inbox["notifications"] if notice["category"] == "pairingUpdates"]
    assert len(pairings) == ROUNDS
    assert all(notice["link"].startswith(f"/tournaments/{arena.id}") for notice in pairings)
