"""While a round is paired everybody sees it, may call it off, and nobody waits for who died."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from sse_board.tournaments.pairing.pairer import ASK_SECONDS
from tests.live.test_every_event import without_database
from tests.support.clients import Api, data_of, error_of, eventually
from tests.support.organiser import Event
from tests.support.processes import command_line, descendants, kill_below
from tests.support.servers import Runner, WebServer
from tests.tournaments.running.conftest import PLENTY, Site

CONFLICT = (409, "CONFLICT")


async def swiss(site: Site, players: int = 9) -> Event:
    event = await site.organiser.create(system="swiss")
    await event.add(*(f"Player {number}" for number in range(players)), rating=1500)
    await event.do("POST", "/start")
    return event


async def test_the_system_pairs_and_plays_on(site: Site) -> None:
    event = await swiss(site)
    for number in (1, 2):
        round = await event.play()
        assert (round["number"], round["status"], len(round["games"])) == (number, "completed", 5)
        assert round["games"][-1]["bye"] == "pairing"


def asking(event: Event, api: Api | None = None) -> asyncio.Task[httpx.Response]:
    return asyncio.create_task(event.ask("POST", "/rounds", api=api))


async def is_pairing(event: Event) -> bool:
    rounds = (await event.do("GET", "/rounds"))["rounds"]
    return bool(rounds) and rounds[-1]["status"] == "pairing"


def engines(server: WebServer) -> list[int]:
    return [pid for pid in descendants(server.process.pid) if "pairing.dutch" in command_line(pid)]


@contextlib.asynccontextmanager
async def held(server: WebServer) -> AsyncIterator[None]:
    """The engine that this server has started stands still meanwhile."""
    (engine,) = await eventually(lambda: engines(server), every=0.005)
    os.kill(engine, signal.SIGSTOP)
    yield
    with contextlib.suppress(ProcessLookupError):
        os.kill(engine, signal.SIGCONT)


async def test_a_pairing_under_way_is_seen_and_can_be_called_off(site: Site) -> None:
    event = await swiss(site)
    pairing = asking(event)
    async with held(site.server):
        assert await is_pairing(event)
        assert error_of(await event.ask("POST", "/rounds", api=site.other)) == CONFLICT
        await event.do("DELETE", "/rounds/1")
        assert error_of(await pairing) == CONFLICT
    assert engines(site.server) == []
    assert (await event.do("GET", "/rounds"))["rounds"] == []
    told = site.ask("select type from events where name = %s and type like 'pairing%%'", f"tournament:{event.id}")
    assert told == []


async def test_what_changes_meanwhile_is_not_paired_over(site: Site) -> None:
    event = await swiss(site)
    pairing = asking(event)
    async with held(site.server):
        (late,) = await event.add("Late")
    assert error_of(await pairing) == CONFLICT
    assert (await event.do("GET", "/rounds"))["rounds"] == []
    assert (await event.participants())["Late"]["enteredRound"] == 1
    games = (await event.pair())["games"]
    assert late in {side["id"] for game in games for side in (game["white"], game["black"]) if side}


@pytest.fixture
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    runner = Runner(tmp_path_factory.mktemp("doomed"))
    yield runner
    runner.close()


async def test_nobody_waits_for_a_process_that_was_killed_while_pairing(site: Site, doomed: Runner) -> None:
    event, server = await swiss(site), doomed.serve(site.stores, **PLENTY)
    async with Api(server.url) as api:
        pairing = asking(event, api)
        async with held(server):
            assert await is_pairing(event)
            kill_below(server.process.pid, "processes.web")
            with pytest.raises(httpx.HTTPError):
                await pairing
    assert await event.refused("POST", "/rounds") == CONFLICT, "it may still be at work"
    site.ask("update rounds set pairing_until = now() where tournament_id = %s returning 1", event.id)
    assert len((await event.pair())["games"]) == 5
    data_of(await event.ask("POST", "/rounds/1/start"))


async def test_a_process_that_is_replaced_calls_its_pairing_off(site: Site, doomed: Runner) -> None:
    event, server = await swiss(site), doomed.serve(site.stores, DRAIN_SECONDS=4, **PLENTY)
    async with Api(server.url) as api:
        pairing = asking(event, api)
        async with held(server):
            assert await is_pairing(event)
            server.process.send_signal(signal.SIGTERM)
            answer = await pairing
            assert error_of(answer) == (503, "UNAVAILABLE")
            assert int(answer.headers["retry-after"]) > 0
    assert (await event.do("GET", "/rounds"))["rounds"] == []
    assert len((await event.pair())["games"]) == 5, "by another process, at once"


async def is_back(event: Event) -> bool:
    """What is refused by a look into the database, and changes nothing."""
    return await event.refused("POST", "/start") == CONFLICT


async def test_a_database_that_is_away_for_a_moment_calls_no_pairing_off(site: Site) -> None:
    event = await swiss(site)
    pairing = asking(event)
    async with held(site.server):
        with without_database(site.stores):
            await asyncio.sleep(2 * ASK_SECONDS)  # it is asked at least once whether the round is wanted
        await eventually(lambda: is_back(event))
    assert len(data_of(await pairing, 201)["games"]) == 5
