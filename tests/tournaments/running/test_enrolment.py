"""Who takes part, from when, until when, and with which byes."""

from tests.support.clients import data_of, error_of
from tests.support.organiser import Event, Organiser
from tests.tournaments.running.conftest import Site

CONFLICT = (409, "CONFLICT")


async def numbers(event: Event) -> dict[str, int | None]:
    return {name: one["number"] for name, one in (await event.participants()).items()}


async def test_players_come_and_go_by_themselves_until_it_starts(site: Site) -> None:
    event, player, viewer = await site.organiser.create(), await site.user(), await site.user("VIEWER")
    theirs = Event(Organiser(player), event.id)
    registered = await theirs.do("POST", "/register", status=201)
    assert (registered["name"], registered["userId"]) == (player.username, player.id)
    assert await theirs.refused("POST", "/register") == CONFLICT
    assert await event.refused("POST", "/participants", {"userId": player.id}) == CONFLICT
    assert await Event(Organiser(viewer), event.id).refused("POST", "/register") == (403, "FORBIDDEN")
    assert error_of(await site.api.http.post(f"/api/v1/tournaments/{event.id}/register")) == (401, "UNAUTHORIZED")
    assert (await theirs.do("POST", "/withdraw"))["withdrawnFrom"] == 1
    assert await theirs.refused("POST", "/withdraw") == CONFLICT
    assert (await event.shown())["participantCount"] == 0
    assert await theirs.do("POST", "/register", status=201) == registered
    await event.add("Ada", "Ada")
    await event.do("POST", "/start")
    assert await Event(site.rival, event.id).refused("POST", "/register") == CONFLICT
    assert await Event(site.rival, event.id).refused("POST", "/withdraw") == CONFLICT, "they do not take part"
    assert (await theirs.do("POST", "/withdraw"))["withdrawnFrom"] == 1
    assert (await event.shown())["participantCount"] == 3


async def test_who_is_nobody_or_two_at_once_cannot_be_added(site: Site) -> None:
    event = await site.organiser.create()
    nobody = "00000000-0000-4000-8000-000000000000"
    for wrong in ({"userId": nobody}, {"userId": site.boss.id, "name": "Boss"}, {}, {"name": "\u200b"}):
        assert await event.refused("POST", "/participants", wrong) == (400, "INVALID_REQUEST"), wrong
    for method, path in (("PATCH", f"/participants/{nobody}"), ("PATCH", "/participants/7")):
        assert await event.refused(method, path, {"name": "New"}) == (404, "NOT_FOUND")
    for unknown in (nobody, "7"):
        assert error_of(await site.organiser.ask("POST", f"/{unknown}/start")) == (404, "NOT_FOUND")


async def test_numbers_follow_rating_title_and_name(site: Site) -> None:
    event = await site.organiser.create()
    await event.add("Zoe", "Amy")
    await event.add("Fay", rating=2000)
    await event.add("Max", rating=2000, title="FM")
    (gone,) = await event.add("Gus", rating=2700)
    await event.do("PATCH", f"/participants/{gone}", {"withdrawn": True})
    await event.do("POST", "/start")
    assert await numbers(event) == {"Max": 1, "Fay": 2, "Amy": 3, "Zoe": 4, "Gus": None}
    assert (await event.shown())["participantCount"] == 4


async def test_late_ones_come_into_the_next_round_and_renumber_all_until_the_fourth_is_paired(site: Site) -> None:
    event = await site.organiser.create(rounds=5)
    ada, bob = await event.add("Ada", "Bob")
    (gone,) = await event.add("Gus", rating=2700)
    await event.do("PATCH", f"/participants/{gone}", {"withdrawn": True})
    await event.do("POST", "/start")
    await event.play((ada, bob))
    (eve,) = await event.add("Eve", rating=2500)
    assert await numbers(event) == {"Eve": 1, "Ada": 2, "Bob": 3, "Gus": None}
    assert (await event.participants())["Eve"]["enteredRound"] == 2
    await event.do("PATCH", f"/participants/{gone}", {"withdrawn": False})
    assert await numbers(event) == {"Gus": 1, "Eve": 2, "Ada": 3, "Bob": 4}
    for _ in range(2):
        await event.play((ada, bob), (eve, gone))
    (kim,) = await event.add("Kim", rating=2650)
    assert await numbers(event) == {"Gus": 1, "Kim": 2, "Eve": 3, "Ada": 4, "Bob": 5}, "three rounds are paired"
    await event.play((ada, bob), (eve, gone), (kim, None))
    (zoe,) = await event.add("Zoe", rating=2600)
    assert (await numbers(event))["Zoe"] == 6
    await event.pair((ada, bob), (eve, gone), (kim, zoe))
    assert await event.refused("POST", "/participants", {"name": "Too late"}) == CONFLICT


async def test_nobody_joins_a_round_robin_that_has_started_or_asks_for_a_bye_in_one(site: Site) -> None:
    event = await site.organiser.create(system="round_robin", tieBreaks=["SB"], rounds=1)
    ada, _ = await event.add("Ada", "Bob")
    assert await event.refused("PATCH", f"/participants/{ada}", {"byes": {"1": "half"}}) == CONFLICT, "it is due"
    await event.do("POST", "/start")
    assert await event.refused("POST", "/participants", {"name": "Late"}) == CONFLICT


async def test_byes_that_were_asked_for_stand_in_their_round(site: Site) -> None:
    event = await site.organiser.create(rounds=2)
    players = await event.add("Ada", "Bob", "Cid", "Dan", "Eve")
    ada, bob, cid, dan, eve = players
    for player, byes in ((cid, {"1": "half"}), (dan, {"1": "full", "2": "half"}), (eve, {"1": "zero"})):
        await event.do("PATCH", f"/participants/{player}", {"byes": byes})
    assert await event.refused("PATCH", f"/participants/{ada}", {"byes": {"3": "half"}}) == CONFLICT
    given = {"byes": {"1": "pairing"}}
    assert await event.refused("PATCH", f"/participants/{ada}", given) == (400, "INVALID_REQUEST")
    await event.do("POST", "/start")
    round = await event.pair((ada, bob))
    byes = {game["white"]["name"]: game["bye"] for game in round["games"] if game["black"] is None}
    assert byes == {"Cid": "half", "Dan": "full", "Eve": "zero"}
    assert await event.refused("PATCH", f"/participants/{ada}", {"byes": {"1": "half"}}) == CONFLICT
    changed = await event.do("PATCH", f"/participants/{dan}", {"byes": {}})
    assert changed["byes"] == {"1": "full"}, "what is paired stays"
    await event.begin(1)
    assert error_of(await event.enter(round["games"][1]["id"], "1-0")) == CONFLICT, "a bye has no result"
    data_of(await event.enter(round["games"][0]["id"], "1-0"))
    await event.play((ada, bob), (cid, dan), (eve, None))


async def test_who_withdraws_plays_what_is_paired_unless_it_is_paired_again(site: Site) -> None:
    event = await site.organiser.create()
    ada, bob, cid = await event.add("Ada", "Bob", "Cid")
    await event.do("POST", "/start")
    await event.pair((ada, bob), (cid, None))
    assert (await event.do("POST", "/withdraw", {"participantId": bob}))["withdrawnFrom"] == 2
    await event.do("DELETE", "/rounds/1")
    assert (await event.participants())["Bob"]["withdrawnFrom"] == 1
    assert await event.refused("POST", "/rounds", {"pairings": [{"white": ada, "black": bob}]}) == (
        400,
        "INVALID_REQUEST",
    )
    await event.play((ada, cid))
    back = await event.do("PATCH", f"/participants/{bob}", {"withdrawn": False})
    assert back["withdrawnFrom"] is None
    again = data_of(await event.ask("PATCH", f"/participants/{bob}", {"withdrawn": False}))
    assert again == back
    round = await event.pair((ada, bob), (cid, None))
    assert [game["black"] and game["black"]["name"] for game in round["games"]] == ["Bob", None]
