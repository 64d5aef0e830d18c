"""While a round is paired everybody sees it, may call it off, and nobody waits for who died."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from tests.support.clients import Api, data_of, error_of, eventually
from tests.support.organiser import Event
from tests.support.servers import Runner
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


async def test_a_pairing_under_way_is_seen_and_can_be_called_off(site: Site) -> None:
    event = await swiss(site, 30)
    pairing = asking(event)
    await eventually(lambda: is_pairing(event), every=0.005)
    assert error_of(await event.ask("POST", "/rounds", api=site.other)) == CONFLICT
    await event.do("DELETE", "/rounds/1")
    assert error_of(await pairing) == CONFLICT
    assert (await event.do("GET", "/rounds"))["rounds"] == []
    told = site.ask("select type from events where name = %s and type like 'pairing%%'", f"tournament:{event.id}")
    assert told == []


async def test_what_changes_meanwhile_is_not_paired_over(site: Site) -> None:
    event = await swiss(site, 30)
    pairing = asking(event)
    await eventually(lambda: is_pairing(event), every=0.005)
    (late,) = await event.add("Late")
    assert error_of(await pairing) == CONFLICT
    assert (await event.do("GET", "/rounds"))["rounds"] == []
    assert (await event.participants())["Late"]["enteredRound"] == 1
    round = await event.pair()
    assert late in {game["white"]["id"] for game in round["games"]} | {
        game["black"]["id"] for game in round["games"] if game["black"]
    }


@pytest.fixture
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    runner = Runner(tmp_path_factory.mktemp("doomed"))
    yield runner
    runner.close()


async def test_nobody_waits_for_a_process_that_was_killed_while_pairing(site: Site, doomed: Runner) -> None:
    event, server = await swiss(site, 30), doomed.serve(site.stores, **PLENTY)
    async with Api(server.url) as api:
        pairing = asking(event, api)
        await eventually(lambda: is_pairing(event), every=0.005)
        server.kill()
        with pytest.raises(httpx.HTTPError):
            await pairing
    assert await event.refused("POST", "/rounds") == CONFLICT, "it may still be at work"
    site.ask("update rounds set pairing_until = now() where tournament_id = %s returning 1", event.id)
    assert len((await event.pair())["games"]) == 15
    data_of(await event.ask("POST", "/rounds/1/start"))
