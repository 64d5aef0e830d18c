"""What is done at the same time is done one after the other, and nobody overwrites what they did not see."""

import asyncio
from collections import Counter
from typing import Any

from tests.support.clients import data_of, error_of
from tests.support.organiser import Event
from tests.tournaments.running.conftest import Site

CONFLICT = (409, "CONFLICT")


async def under_way(site: Site, games: int = 1) -> tuple[Event, list[str]]:
    """A tournament whose first round has begun, and its games."""
    event = await site.organiser.create(rounds=2)
    players = await event.add(*(f"Player {number}" for number in range(2 * games)))
    await event.do("POST", "/start")
    await event.pair(*zip(players[::2], players[1::2], strict=True))
    return event, [game["id"] for game in (await event.begin(1))["games"]]


async def test_of_two_different_results_at_once_one_is_entered_and_one_is_told_of_it(site: Site) -> None:
    event, games = await under_way(site, 6)
    rival = Event(site.rival, event.id)
    for game in games:
        answers = await asyncio.gather(event.enter(game, "1-0"), rival.enter(game, "0-1", site.other))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        entered, error = data_of(won), lost.json()["error"]
        assert error["code"] == "CONFLICT"
        assert error["details"]["current"] == entered
        assert entered["revision"] == 1
    told = site.ask("select type from events where name = %s", f"tournament:{event.id}:games")
    assert Counter(told) == {
        ("game.started",): 6,
        ("game.result_submitted",): 6,
        ("game.completed",): 6,
    }
    assert (await event.round(1))["status"] == "completed"


async def test_a_result_replaces_the_one_that_its_sender_saw(site: Site) -> None:
    event, (game,) = await under_way(site)
    rival = Event(site.rival, event.id)
    data_of(await event.enter(game, "1-0", replaces=None))
    assert error_of(await rival.enter(game, "0-1")) == CONFLICT, "entered by somebody else a moment ago"
    version = (await event.shown())["version"]
    again = data_of(await event.enter(game, "1-0", replaces=None))
    assert (again["revision"], (await event.shown())["version"]) == (1, version), "the same again changes nothing"
    assert error_of(await rival.enter(game, "0-1", replaces=None)) == CONFLICT
    assert error_of(await rival.enter(game, "0-1", replaces="1/2-1/2")) == CONFLICT
    assert data_of(await rival.enter(game, "0-1", replaces="1-0"))["revision"] == 2
    own = await site.rival.user.request("PUT", f"/api/v1/games/{game}/result", {"result": "1/2-1/2"})
    assert data_of(own)["enteredBy"] == {"id": site.rival.user.id, "name": site.rival.user.username}
    other = await site.organiser.create()
    assert error_of(await other.enter(game, "1-0")) == (404, "NOT_FOUND"), "it is no game of that one"


async def both(event: Event, other: Event, site: Site, path: str, body: Any = None) -> None:
    """Two organisers by two processes: one does it, and the other is refused."""
    answers = await asyncio.gather(event.ask("POST", path, body), other.ask("POST", path, body, site.other))
    codes = sorted(answer.status_code for answer in answers)
    assert codes[1] == 409, path
    assert codes[0] in (200, 201), path


async def test_what_two_do_at_once_is_done_once(site: Site) -> None:
    event = await site.organiser.create(rounds=1)
    rival = Event(site.rival, event.id)
    ada, bob = await event.add("Ada", "Bob")
    await both(event, rival, site, "/start")
    await both(event, rival, site, "/rounds", {"pairings": [{"white": ada, "black": bob}]})
    await both(event, rival, site, "/rounds/1/start")
    (game,) = (await event.round(1))["games"]
    data_of(await event.enter(game["id"], "1-0"))
    await both(event, rival, site, "/complete")
    told = Counter(
        type for (type,) in site.ask("select type from events where name = %s", f"tournament:{event.id}")
    )
    often = {type for type, count in told.items() if count > 1}
    assert often == {"tournament.updated", "participant.registered"}, "the two players"
    player = await site.user()
    other = await site.organiser.create()
    path = f"/api/v1/tournaments/{other.id}/register"
    twice = await asyncio.gather(player.request("POST", path), player.request("POST", path, api=site.other))
    assert sorted(answer.status_code for answer in twice) == [201, 409]


async def test_many_results_at_once_end_the_round_once(site: Site) -> None:
    event, games = await under_way(site, 20)
    rival = Event(site.rival, event.id)
    entering = [
        (rival if number % 2 else event).enter(game, "1/2-1/2", site.other if number % 3 else site.api)
        for number, game in enumerate(games)
    ]
    for answer in await asyncio.gather(*entering):
        data_of(answer)
    ended = site.ask(
        "select name from events where type = 'round.completed' and data->>'tournamentId' = %s", event.id
    )
    assert sorted(ended) == [(f"tournament:{event.id}",), ("tournaments:all",)]
    shown = await event.shown()
    assert shown["version"] == f"1-{1 + 40 + 1 + 1 + 1 + 20}", "each change has one place"
