"""Every change is told once, after its commit, to whom it concerns, and stands in the audit log."""

import re
from typing import Any

from tests.support.clients import Player, data_of, eventually
from tests.support.organiser import Event
from tests.support.streams import listening
from tests.tournaments.running.conftest import Site


async def notices_of(player: Player) -> list[tuple[str, str]]:
    """Category and message, the oldest first."""
    found = data_of(await player.request("GET", "/api/v1/notifications"))["notifications"]
    return [(one["category"], one["message"]) for one in reversed(found)]


def told(site: Site, name: str) -> list[str]:
    rows = site.ask("select type from events where name = %s order by position", name)
    return [type for (type,) in rows]


async def played(site: Site) -> tuple[Event, str, list[Player]]:
    """A tournament of one round between two users and somebody with a bye, with a corrected result: its game."""
    event, players = await site.organiser.create("City Open", rounds=1), [await site.user(), await site.user()]
    ada, bob = [(await event.do("POST", "/participants", {"userId": one.id}, 201))["id"] for one in players]
    (cid,) = await event.add("Cid")
    await event.do("POST", "/start")
    await event.pair((ada, bob), (cid, None))
    await event.do("DELETE", "/rounds/1")
    game = (await event.pair((ada, bob), (cid, None)))["games"][0]["id"]
    await event.begin(1)
    data_of(await event.enter(game, "1-0"))
    data_of(await event.enter(game, "1-0"))
    data_of(await event.enter(game, "1/2-1/2"))
    await event.do("POST", "/complete")
    return event, game, players


async def test_each_event_is_told_once_on_each_of_its_channels(site: Site) -> None:
    async with listening(site.other.url, "tournaments:all") as stream:
        await stream.until_type("connected")
        event, game, _ = await played(site)
        await stream.until_type("tournament.completed")
    own = ["tournament.started", "pairing.generated", "pairing.generated", "round.started", "round.completed"]
    assert told(site, f"tournament:{event.id}") == [
        "tournament.created",
        *(["participant.registered", "tournament.updated"] * 3),
        *own,
        "tournament.completed",
    ]
    overall = [message for message in stream.messages if message.json.get("tournamentId") == event.id]
    assert [message.type for message in overall] == [
        "tournament.created",
        *(["tournament.updated"] * 3),
        *(type for type in own if type != "pairing.generated"),
        "tournament.completed",
    ]
    assert overall[-1].json["participantCount"] == 3
    kinds = ["game.started", "game.result_submitted", "game.completed", "game.result_submitted"]
    assert told(site, f"tournament:{event.id}:games") == told(site, f"game:{game}") == kinds
    ((last,),) = site.ask("select data from events where name = %s order by position desc limit 1", f"game:{game}")
    assert (last["result"], last["previousResult"], last["round"]) == ("1/2-1/2", "1-0", 1)
    assert site.ask(
        "select distinct entity_type, entity_id, created_by::text from events where name = %s", f"game:{game}"
    ) == [("game", game, site.organiser.user.id)]


async def test_players_are_notified_of_what_concerns_them(site: Site) -> None:
    event, game, (ada, bob) = await played(site)
    heard: list[tuple[str, str]] = await eventually(lambda: _all_of(bob, 7))
    paired = ("pairingUpdates", f"Round 1: you are Black against {ada.username}, board 1.")
    line = f"Round 1, board 1: {ada.username} – {bob.username}"
    (standing,) = [message for category, message in heard if category == "standingsChanges"]
    assert re.fullmatch(r"After round 1 you are [23](nd|rd) with (0 points|½ point)\.", standing)
    assert [one for one in heard if one[0] != "standingsChanges"] == [
        ("tournamentUpdates", "City Open has started."),
        paired,
        paired,
        ("gameResults", f"{line} 1–0."),
        ("gameResults", f"{line} ½–½, corrected from 1–0."),
        ("tournamentUpdates", "City Open is over; see the final standings."),
    ]
    found = data_of(await ada.request("GET", "/api/v1/notifications"))["notifications"]
    links = {one["category"]: one["link"] for one in found}
    assert links["gameResults"] == f"/tournaments/{event.id}#game-{game}"
    assert links["standingsChanges"] == f"/tournaments/{event.id}"


async def _all_of(player: Player, count: int) -> list[tuple[str, str]] | None:
    found = await notices_of(player)
    return found if len(found) >= count else None


async def test_every_change_stands_in_the_audit_log(site: Site) -> None:
    event, game, _ = await played(site)
    await event.do("PATCH", "", {"name": "Renamed"})
    query = "select action, details, actor::text from audit where entity_id = %s order by id"
    rows: list[tuple[Any, ...]] = site.ask(query, event.id)
    assert [action for action, _, _ in rows] == [
        "tournament.created",
        *(["participant.registered"] * 3),
        "tournament.started",
        "round.paired",
        "round.cancelled",
        "round.paired",
        "round.started",
        "tournament.completed",
        "tournament.edited",
    ]
    assert {actor for _, _, actor in rows} == {site.organiser.user.id}
    assert rows[-1][1] == {"name": {"before": "City Open", "after": "Renamed"}}
    assert {**rows[5][1], "boards": ()} == {"how": "given", "round": 1, "status": "paired", "boards": ()}
    assert rows[5][1]["boards"][1] == "1 pairing", "Cid, by the initial ranking"
    results = [details for _, details, _ in site.ask(query, game)]
    assert results == [{"before": None, "after": "1-0"}, {"before": "1-0", "after": "1/2-1/2"}]
