"""A tournament from its announcement to its end, and what is refused where."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.clients import data_of, error_of
from tests.support.organiser import Organiser
from tests.tournaments.running.conftest import Site

CONFLICT = (409, "CONFLICT")


async def test_a_tournament_lives_from_its_announcement_to_its_end(site: Site) -> None:
    event = await site.organiser.create("City Open", rounds=2)
    ada, bob, cid = await event.add("Ada", "Bob", "Cid")
    assert (await event.shown())["participantCount"] == 3
    assert (await event.do("POST", "/start"))["status"] == "active"
    round = await event.pair((ada, bob), (cid, None))
    assert [(game["board"], game.get("bye"), game["status"]) for game in round["games"]] == [
        (1, None, "pending"),
        (2, "pairing", "pending"),
    ]
    round = await event.begin(1)
    assert [game["status"] for game in round["games"]] == ["active", "completed"]
    entered = data_of(await event.enter(round["games"][0]["id"], "1/2-1/2"))
    assert (entered["result"], entered["revision"], entered["round"]) == ("1/2-1/2", 1, 1)
    assert entered["enteredBy"]["id"] == site.organiser.user.id
    assert (await event.round(1))["status"] == "completed"
    await event.play((cid, ada), (bob, None))
    ended = await event.do("POST", "/complete")
    assert (ended["status"], ended["round"], ended["participantCount"]) == ("completed", 2, 3)
    table = (await event.do("GET", "/standings"))["standings"]
    assert [(row["name"], float(row["score"])) for row in table] == [("Cid", 2.0), ("Bob", 1.5), ("Ada", 0.5)]


async def test_what_a_state_does_not_allow_is_refused_and_changes_nothing(site: Site) -> None:
    event = await site.organiser.create(rounds=2)
    for path in ("/start", "/complete", "/rounds"):
        assert await event.refused("POST", path) == CONFLICT, "nobody takes part"
    ada, bob = await event.add("Ada", "Bob")
    assert await event.refused("POST", "/rounds") == CONFLICT, "it has not started"
    await event.do("POST", "/start")
    assert await event.refused("POST", "/start") == CONFLICT
    assert await event.refused("POST", "/complete") == CONFLICT
    assert await event.refused("POST", "/rounds") == (400, "INVALID_REQUEST"), "manual: nobody sent pairings"
    assert await event.refused("POST", "/rounds/1/start") == (404, "NOT_FOUND")
    round = await event.pair((ada, bob))
    game = round["games"][0]["id"]
    version = (await event.shown())["version"]
    assert error_of(await event.enter(game, "1-0")) == CONFLICT, "the round has not begun"
    given = {"pairings": [{"white": ada, "black": bob}]}
    assert await event.refused("POST", "/rounds", given) == CONFLICT, "a round is open"
    assert (await event.shown())["version"] == version
    await event.begin(1)
    for method, path in (("POST", "/rounds/1/start"), ("DELETE", "/rounds/1"), ("POST", "/rounds")):
        assert await event.refused(method, path, given if path == "/rounds" else None) == CONFLICT
    data_of(await event.enter(game, "+/-"))
    assert await event.refused("PATCH", "", {"system": "swiss"}) == CONFLICT
    assert await event.refused("POST", "/complete") == CONFLICT, "one of two rounds was played"
    await event.do("PATCH", "", {"rounds": 1})
    assert await event.refused("POST", "/rounds", given) == CONFLICT, "all rounds are paired"
    assert await event.refused("POST", "/participants", {"name": "Late"}) == CONFLICT
    await event.do("POST", "/complete")
    for path, body in (
        ("/complete", None),
        ("/start", None),
        ("/rounds", given),
        ("/participants", {"name": "Later"}),
        ("/withdraw", {"participantId": ada}),
    ):
        assert await event.refused("POST", path, body) == CONFLICT, path
    assert await event.refused("PATCH", "", {"rounds": 5}) == CONFLICT
    data_of(await event.enter(game, "0-1"))


@pytest.mark.parametrize("role", ["PARTICIPANT", "VIEWER"])
async def test_only_organisers_and_admins_run_tournaments(site: Site, role: str) -> None:
    event = await site.organiser.create()
    (ada,) = await event.add("Ada")
    user = Organiser(await site.user(role))
    for method, path in (
        ("POST", ""),
        ("POST", "/import"),
        ("PATCH", f"/{event.id}"),
        ("POST", f"/{event.id}/start"),
        ("POST", f"/{event.id}/complete"),
        ("POST", f"/{event.id}/participants"),
        ("PATCH", f"/{event.id}/participants/{ada}"),
        ("POST", f"/{event.id}/rounds"),
        ("POST", f"/{event.id}/rounds/1/start"),
        ("DELETE", f"/{event.id}/rounds/1"),
        ("PUT", f"/{event.id}/games/{ada}/result"),
    ):
        assert error_of(await user.ask(method, path, {})) == (403, "FORBIDDEN"), path
        anonymous = await site.api.http.request(method, f"/api/v1/tournaments{path}")
        assert error_of(anonymous) == (401, "UNAUTHORIZED")
    assert error_of(await user.ask("POST", f"/{event.id}/withdraw", {"participantId": ada})) == (403, "FORBIDDEN")
    data_of(await Organiser(site.boss).ask("PATCH", f"/{event.id}", {"name": "An admin's"}))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"rounds": 0}, "rounds"),
        ({"rounds": 100}, "rounds"),
        ({"startsAt": "2026-05-01T10:00:00"}, "startsAt"),
        ({"startsAt": "0001-01-01T00:00:00+14:00"}, "startsAt"),
        ({"system": "knockout"}, "system"),
        ({"tieBreaks": []}, "tieBreaks"),
        ({"tieBreaks": ["BH", "BH"]}, "tieBreaks"),
        ({"tieBreaks": ["ARO"]}, "tieBreaks[0]"),
        ({"system": "round_robin", "tieBreaks": ["BH"]}, "tieBreaks"),
        ({"points": {"win": 1, "draw": 1}}, "points"),
        ({"points": {"win": 0.75}}, "points.win"),
        ({"points": {"win": 51}}, "points.win"),
        ({"points": {"loss": -1}}, "points.loss"),
        ({"owner": "me"}, "owner"),
    ],
)
async def test_a_wrong_field_is_named(site: Site, wrong: dict[str, Any], field: str) -> None:
    body = {
        "name": "Open", "startsAt": "2026-05-01T10:00:00Z", "rounds": 3, "system": "swiss", "tieBreaks": ["DE"],
    }  # fmt: skip
    answer = await site.organiser.ask("POST", "", {**body, **wrong})
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert list(answer.json()["error"]["details"]) == [field]


async def test_rules_can_be_changed_and_raise_the_epoch(site: Site) -> None:
    event = await site.organiser.create(startsAt="2026-02-28T23:00:00Z", points={"win": 3, "draw": 1, "bye": 1.5})
    before = await event.shown()
    assert before["edition"] == "2024"
    assert before["points"] == {"win": 3, "draw": 1, "loss": 0, "bye": Decimal("1.5")}
    same = await event.do("PATCH", "", {"name": before["name"]})
    assert same["version"] == before["version"]
    assert (await event.do("PATCH", "", {"name": "Renamed"}))["version"] == "1-2"
    assert (await event.do("PATCH", "", {"edition": "2026", "tieBreaks": ["SB"]}))["version"] == "2-3"


async def test_a_round_robin_gets_a_second_cycle_only_where_no_round_would_be_played_twice(site: Site) -> None:
    event = await site.organiser.create(system="round_robin", tieBreaks=["SB"], rounds=3)
    await event.add("Ada", "Bob", "Cid", "Dan")
    await event.do("POST", "/start")
    for count in (6, 3):
        await event.do("PATCH", "", {"rounds": count})
    await event.play()
    await event.play()
    assert await event.refused("PATCH", "", {"rounds": 6}) == CONFLICT, "the second was what is the third of six"
    await event.do("PATCH", "", {"rounds": 5})
    await event.play()
    await event.do("PATCH", "", {"rounds": 6})
    rounds = [await event.round(number) for number in (1, 2, 3)]
    met = {frozenset((game["white"]["id"], game["black"]["id"])) for round in rounds for game in round["games"]}
    assert len(met) == 6, "everybody has met everybody"
