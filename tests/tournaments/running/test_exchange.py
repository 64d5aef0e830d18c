"""Tournaments leave as TRF16, and come in."""

import httpx

from tests.support.clients import data_of, error_of
from tests.support.organiser import PATH, Event
from tests.support.wire import exchange
from tests.tournaments.running.conftest import Site

#: One game that its two players saw differently.
CONTRADICTION = (
    "012 City Open\n"
    "001    1      Ada                               2000                                1.0    1     2 w 1\n"
    "001    2      Bob                               1900                                1.0    2     1 b 1\n"
)


async def export(event: Event) -> httpx.Response:
    return await event.organiser.user.api.http.get(f"{PATH}/{event.id}/export.trf")


async def take(site: Site, body: bytes, media_type: str = "text/plain") -> httpx.Response:
    headers = {**site.organiser.user.bearer, "Content-Type": media_type}
    return await site.api.http.post(f"{PATH}/import", content=body, headers=headers)


async def half_played(site: Site) -> Event:
    """Two of three rounds of a Swiss, with all kinds of byes, forfeits, one who came late and one who left."""
    event = await site.organiser.create("Stadtmeisterschaft Köln", system="swiss")
    players = await event.add("Ada", "Bob", "Cid", "Dan", "Eve", "Fay", "Gus")
    for player, bye in zip(players[:3], ("half", "zero", "full"), strict=True):
        await event.do("PATCH", f"/participants/{player}", {"byes": {"2": bye}})
    await event.do("POST", "/start")
    await event.play(result="+/-")
    await event.add("Late", rating=1800, title="FM")
    await event.do("POST", "/withdraw", {"participantId": players[6]})
    await event.play(result="1/2-1/2")
    return event


async def standings(event: Event) -> list[tuple[str, object, object]]:
    rows = (await event.do("GET", "/standings"))["standings"]
    return sorted((row["name"], row["score"], row["rank"]) for row in rows)


async def test_an_export_comes_back_as_the_same_tournament_and_goes_on(site: Site) -> None:
    event = await half_played(site)
    exported = await export(event)
    assert exported.headers["content-type"] == "text/plain; charset=utf-8"
    assert exported.headers["content-disposition"] == 'attachment; filename="stadtmeisterschaft-k-ln.trf"'
    taken = data_of(await take(site, exported.content), 201)
    again = Event(site.organiser, taken["id"])
    assert (await export(again)).content == exported.content
    assert await standings(again) == await standings(event)
    assert (taken["status"], taken["round"]) == ("active", 2)
    assert site.ask("select type from events where name = %s", f"tournament:{again.id}") == [
        ("tournament.created",)
    ]
    last = await again.play()
    assert (last["number"], last["status"]) == (3, "completed")
    await again.do("POST", "/complete")


async def test_a_file_that_contradicts_itself_is_refused_with_the_line_and_leaves_nothing(site: Site) -> None:
    before = site.ask("select count(*) from tournaments")
    refused = await take(site, CONTRADICTION.encode())
    assert error_of(refused) == (400, "INVALID_REQUEST")
    assert refused.json()["error"]["details"]["line"] in (2, 3)
    assert error_of(await take(site, b"\x00\xff" * 50)) == (400, "INVALID_REQUEST")
    assert error_of(await take(site, b" \n")) == (400, "INVALID_REQUEST")
    assert site.ask("select count(*) from tournaments") == before


async def test_a_file_may_be_larger_than_other_bodies_but_not_endless(site: Site) -> None:
    large = b"### a remark\n" * 10_000
    assert error_of(await take(site, large)) == (400, "INVALID_REQUEST")
    assert error_of(await take(site, large, "application/json")) == (415, "UNSUPPORTED_MEDIA_TYPE")
    for path, length in ((f"{PATH}/import", 1024 * 1024 + 1), (PATH, 64 * 1024 + 1)):
        head = f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: {length}\r\n\r\n"
        assert error_of(exchange(site.server.url, head.encode())) == (413, "PAYLOAD_TOO_LARGE")
