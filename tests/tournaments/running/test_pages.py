"""The pages of tournaments in a browser without script: forms go out, pages come back."""

from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.pages.markup import Markup
from tests.support.clients import Api, Player, eventually
from tests.support.organiser import Event
from tests.tournaments.running.conftest import Site

PAGE = {"Accept": "text/html"}
NOBODY = "00000000-0000-4000-8000-000000000000"


async def get(user: Player | Api, path: str, **query: Any) -> httpx.Response:
    bearer = user.bearer if isinstance(user, Player) else {}
    api = user.api if isinstance(user, Player) else user
    return await api.http.get(path, params=query or None, headers={**PAGE, **bearer})


async def post(user: Player, path: str, **fields: str) -> httpx.Response:
    return await user.api.http.post(path, data=fields, headers={**PAGE, **user.bearer})


async def done(user: Player, path: str, **fields: str) -> str:
    """Where a form that is taken leads."""
    answer = await post(user, path, **fields)
    assert answer.status_code == 303, alerts(answer)
    return answer.headers["location"]


def alerts(answer: httpx.Response) -> list[str]:
    return [tag.text for tag in Markup(answer.text).tags if tag.attributes.get("role") == "alert" and tag.text]


def results(answer: httpx.Response) -> list[str]:
    return [tag.text for tag in Markup(answer.text).with_class("result")]


async def under_way(site: Site, *names: str) -> tuple[Event, str, list[str]]:
    """A tournament whose first round is played, its desk, and the ids of the games."""
    event = await site.organiser.create("Forms Open", rounds=2)
    ids = await event.add(*(names or ("Ada", "Bob", "Cid", "Dan")))
    await event.do("POST", "/start")
    round = await event.pair(*zip(ids[::2], ids[1::2], strict=True))
    await event.begin(1)
    return event, f"/tournaments/{event.id}/desk", [game["id"] for game in round["games"]]


async def test_a_tournament_is_run_by_forms_from_its_announcement_to_its_end(site: Site) -> None:
    organiser = site.organiser.user
    form = {"startsAt": "2026-05-01T10:00", "rounds": "1", "system": "swiss", "tieBreaks": "bh-c1, SB"}
    players = await done(organiser, "/tournaments", name="By Forms", **form)
    desk = players.removesuffix("/players")
    for name, rating in (("Ada", "2400"), ("Bob", ""), ("Cid", "2100")):
        assert await done(organiser, f"{desk}/add", name=name, rating=rating, title="") == players
    page = Markup((await get(organiser, players)).text)
    (first, *_) = [tag.attributes["href"] for tag in page.named("a") if f"{players}/" in tag.attributes["href"]]
    assert await done(organiser, first, name="Ada L.", rating="2410", title="GM") == first
    await done(organiser, f"{first}/byes", round="1", bye="half")
    await done(organiser, f"{first}/withdraw", withdrawn="yes")
    await done(organiser, f"{first}/withdraw", withdrawn="no")
    await done(organiser, f"{desk}/start")
    await done(organiser, f"{desk}/pair")
    await done(organiser, f"{desk}/start-round", round="1")
    page = Markup((await get(organiser, desk)).text)
    (game,) = [
        tag.attributes["id"].removeprefix("game-") for tag in page.named("details") if "name" in tag.attributes
    ]
    assert [tag.text for tag in page.with_class("byes")] == ["GM Ada L. 2410: half-point bye"]
    back = await done(organiser, f"{desk}/results", result=f"{game} none 0-1", round="1")
    assert back == f"{desk}?entered={game}&round=1#game-{game}"
    entered = Markup((await get(organiser, back.partition("#")[0])).text)
    assert [tag.text for tag in entered.tags if tag.attributes.get("role") == "status"][1:2] == [
        "Board 1: 0–1 is entered."
    ]
    await done(organiser, f"{desk}/complete")
    shown = Markup((await get(site.api, desk.removesuffix("/desk"))).text)
    assert "Final standings" in [tag.text for tag in shown.named("h2")]
    rows = [tag for tag in shown.named("tr") if "tbody" in tag.parents]
    assert len(rows) == 3
    assert [tag.text for tag in shown.with_class("score") if tag.name == "td"] == ["1", "½", "0"]


async def test_a_round_robin_is_run_by_forms_to_its_end_and_its_cross_table_is_a_matrix(site: Site) -> None:
    organiser = site.organiser.user
    rules = {"edition": "2024", "win": "3", "draw": "1", "loss": "0", "bye": "1½"}
    form = {"startsAt": "2026-05-01T10:00", "rounds": "3", "system": "round_robin", "tieBreaks": "DE"}
    desk = (await done(organiser, "/tournaments", name="Everybody", **form, **rules)).removesuffix("/players")
    page = Markup((await get(organiser, desk)).text)
    assert [page.by_id(f"edit-{name}").attributes["value"] for name in ("win", "draw", "bye")] == ["3", "1", "1½"]
    assert [tag.text for tag in page.named("option") if "selected" in tag.attributes] == ["FIDE, 2024"]
    for name in ("Ada", "Bob", "Cid", "Dan"):
        await done(organiser, f"{desk}/add", name=name)
    await done(organiser, f"{desk}/start")
    for number in ("1", "2", "3"):
        await done(organiser, f"{desk}/pair")
        await done(organiser, f"{desk}/cancel", round=number)
        await done(organiser, f"{desk}/pair")
        await done(organiser, f"{desk}/start-round", round=number)
        page = Markup((await get(organiser, desk)).text)
        games = [tag.attributes["id"] for tag in page.named("details") if "game-" in tag.attributes.get("id", "")]
        for game, result in zip(games, ("1-0", "1/2-1/2"), strict=True):
            await done(organiser, f"{desk}/results", result=f"{game.removeprefix('game-')} none {result}")
    await done(organiser, f"{desk}/complete")
    shown = Markup((await get(site.api, desk.removesuffix("/desk") + "/crosstable")).text)
    cells = [tag.text for tag in shown.with_class("cell") if tag.name == "td"]
    rows = [cells[place : place + 4] for place in range(0, 16, 4)]
    assert [row[place] for place, row in enumerate(rows)] == ["themselves"] * 4
    mirrored = {"1": "0", "0": "1", "½": "½"}
    pairs = [(white, black) for white in range(4) for black in range(white)]
    assert [rows[one][other] for one, other in pairs] == [mirrored[rows[other][one]] for one, other in pairs]
    wrong = await post(organiser, f"{desk}/edit", name="Everybody", rounds="3", tieBreaks="DE", win="NaN")
    assert wrong.status_code == 400
    assert "such as 1 or 0.5" in alerts(wrong)[0]


async def test_everybody_sees_the_round_and_the_standings_of_one_version(site: Site) -> None:
    event, _, games = await under_way(site)
    path = f"/tournaments/{event.id}"
    assert results(await get(site.api, path)) == ["in progress", "in progress"]
    await event.enter(games[0], "1-0")
    page = Markup((await get(site.api, path)).text)
    assert [tag.text for tag in page.with_class("result")] == ["1–0", "in progress"]
    versions = {tag.attributes["data-version"] for tag in page.named("section")}
    assert versions == {(await event.shown())["version"]}
    part = await get(site.api, f"{path}/play")
    assert part.text.startswith('<section class="board play"')
    again = await site.api.http.get(f"{path}/play", headers={**PAGE, "If-None-Match": part.headers["etag"]})
    assert again.status_code == 304
    await event.enter(games[1], "1/2-1/2")
    old = Markup((await get(site.api, f"{path}/rounds/1")).text)
    assert [tag.text for tag in old.with_class("result")] == ["1–0", "½–½"]
    crosstable = Markup((await get(site.api, f"{path}/crosstable")).text)
    assert [tag.text for tag in crosstable.with_class("cell")][1:] == ["2w1", "4w½", "3b½", "1b0"]
    (ada, *_) = [row["participantId"] for row in (await event.do("GET", "/standings"))["standings"]]
    player = Markup((await get(site.api, f"{path}/players/{ada}")).text)
    (first, *_) = player.named("summary")
    assert " ".join(first.text.split()) == "Buchholz without the lowest BH-C1 0"
    for missing in (
        f"{path}/rounds/2",
        f"{path}/rounds/{'9' * 5_000}",
        f"{path}/players/{event.id}",
        f"/tournaments/{NOBODY}",
        "/tournaments/x",
    ):
        assert (await get(site.api, missing)).status_code == 404


async def test_who_entered_another_result_meanwhile_is_named_and_may_be_replaced(site: Site) -> None:
    event, desk, (game, _) = await under_way(site)
    organiser, rival = site.organiser.user, site.rival.user
    await done(rival, f"{desk}/results", result=f"{game} none 0-1", round="1")
    answer = await post(organiser, f"{desk}/results", result=f"{game} none 1-0", round="1")
    assert answer.status_code == 409
    (question,) = alerts(answer)
    assert f"meanwhile {rival.username} entered 0–1" in question
    assert "Replace it by 1–0?" in question
    assert results(answer)[0] == "0–1", "nothing was changed"
    answered = [
        tag.attributes["value"] for tag in Markup(answer.text).named("button") if "value" in tag.attributes
    ]
    assert answered[0] == f"{game} 0-1 1-0"
    await done(organiser, f"{desk}/results", result=answered[0], round="1")
    assert (await event.round(1))["games"][0]["result"] == "1-0"


async def test_a_player_takes_part_and_withdraws_by_buttons(site: Site) -> None:
    event = await site.organiser.create("Come and Go")
    path, player = f"/tournaments/{event.id}", await site.user()
    assert "Log in to take part" in (await get(site.api, path)).text
    assert f'action="{path}/register"' in (await get(player, path)).text
    assert await done(player, f"{path}/register") == path
    page = Markup((await get(player, path)).text)
    (own,) = [tag for tag in page.tags if "data-own" in tag.attributes]
    assert own.text == player.username
    again = await post(player, f"{path}/register")
    assert again.status_code == 409
    assert "You take part already." in alerts(again)[0]
    assert await done(player, f"{path}/withdraw") == path
    assert await event.participants() == {} or (await event.shown())["participantCount"] == 0


async def test_a_file_is_imported_and_one_that_is_none_is_refused_with_its_line(site: Site) -> None:
    user = site.organiser.user

    async def send(text: str) -> httpx.Response:
        files = {"file": ("open.trf", text.encode(), "text/plain")}
        return await user.api.http.post("/tournaments/import", files=files, headers={**PAGE, **user.bearer})

    event, _, games = await under_way(site)
    for game in games:
        await event.enter(game, "1-0")
    text = (await get(site.api, f"/api/v1/tournaments/{event.id}/export.trf")).text
    taken = await send(text)
    assert taken.status_code == 303, alerts(taken)
    assert results(await get(site.api, taken.headers["location"])) == ["1–0", "1–0"]
    refused = await send(text.replace(" w 1", " w 0", 1))
    assert refused.status_code == 400
    assert alerts(refused)[0].startswith("Line ")
    assert (await send("")).status_code == 400


async def test_the_overview_lists_tournaments_and_changes_its_name_when_it_looks_different(site: Site) -> None:
    part = await get(site.api, "/tournaments/part")
    await site.organiser.create("Brand New")

    async def is_listed() -> bool:
        new = await get(site.api, "/tournaments/part")
        return "Brand New" in new.text and new.headers["etag"] != part.headers["etag"]

    await eventually(is_listed)
    await under_way(site)
    page = Markup((await get(site.api, "/tournaments")).text)
    titles = [tag.text for tag in page.named("h2")]
    assert titles[:2] == ["Live now", "Upcoming"]
    assert [tag.text for tag in page.with_class("state")].count("Round 1 of 2") >= 1
    assert [tag.text for tag in page.named("dt")] == ["tournaments", "under way", "upcoming", "games live now"]
    assert not [tag for tag in page.named("form") if tag.attributes["action"].startswith("/tournaments")]
    older = Markup((await get(site.api, "/tournaments", page=9_999)).text)
    assert [tag.text for tag in older.named("h1")] == ["Older tournaments"]


async def test_a_wall_turns_what_does_not_fit_one_screen(site: Site) -> None:
    names = [f"Player {number:02}" for number in range(26)]
    event, _, _ = await under_way(site, *names)
    path = f"/kiosk/tournaments/{event.id}"
    for show, screens in (("standings", 3), ("pairings", 2)):
        seen: list[str] = []
        for page in range(1, screens + 1):
            answer = await get(site.api, path, show=show, theme="dark", seconds=9, page=page)
            markup = Markup(answer.text)
            seen += [tag.text for tag in markup.named("bdi")][1:]
            (refresh,) = [tag for tag in markup.named("meta") if tag.attributes.get("http-equiv") == "refresh"]
            following = f"9; url={path}?show={show}&theme=dark&seconds=9&page={page % screens + 1}"
            assert refresh.attributes["content"] == following
            (section,) = markup.named("section")
            polled = await get(site.api, section.attributes["data-poll"])
            assert polled.text.strip() in answer.text
            assert f"channels=tournament:{event.id},tournament:{event.id}:games&" in answer.text
            if show == "pairings":
                assert [tag.text for tag in markup.with_class("count")] == ["0 of 13 games over"]
        assert sorted(seen) == names
    assert (await get(site.api, path, show="clocks")).status_code == 400


async def test_a_forfeit_is_one_tap_further_and_a_player_who_is_none_is_not_found(site: Site) -> None:
    _, desk, (game, _) = await under_way(site)
    organiser = site.organiser.user
    page = Markup((await get(organiser, f"{desk}/games/{game}")).text)
    offered = [tag.attributes["value"] for tag in page.named("button") if tag.attributes.get("name") == "result"]
    assert offered == [f"{game} none {result}" for result in ("1-0", "1/2-1/2", "0-1", "+/-", "-/+", "-/-")]
    await done(organiser, f"{desk}/results", result=offered[4], round="1")
    assert results(await get(organiser, desk))[0] == "–/+, White is absent"
    for missing in (f"{desk}/games/{NOBODY}", f"{desk}/players/{NOBODY}"):
        assert (await get(organiser, missing)).status_code == 404
    for form in ("", "/byes", "/withdraw"):
        answer = await post(organiser, f"{desk}/players/{NOBODY}{form}", name="x", round="2", bye="half")
        assert answer.status_code == 404


async def test_only_organisers_come_to_a_desk(site: Site) -> None:
    event, desk, (game, _) = await under_way(site)
    stranger, player = site.api, await site.user()
    answer = await get(stranger, desk)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/login?next=%2Ftournaments%2F{event.id}%2Fdesk",
    )
    assert (await get(stranger, f"{desk}/part")).status_code == 401
    for refused in (
        await get(player, desk),
        await get(player, f"{desk}/part"),
        await post(player, f"{desk}/results", result=f"{game} none 1-0"),
        await get(player, f"{desk}/players"),
        await post(player, "/tournaments", name="Mine"),
    ):
        assert refused.status_code == 403
        assert refused.headers["content-type"].startswith("text/html")
    assert (await get(site.organiser.user, desk)).headers["cache-control"] == "private, no-store"
    assert (await event.round(1))["games"][0]["result"] is None


@pytest.mark.parametrize(
    ("form", "fields", "status", "says"),
    [
        ("add", {"name": " "}, 400, "name"),
        ("add", {"name": "Eve", "rating": "9999"}, 400, "rating"),
        ("start", {}, 409, "started already"),
        ("pair", {"form": "given", "pairings": "1 2"}, 409, "not over"),
        ("pair", {"form": "given", "pairings": "1 beats 2"}, 400, "not understood"),
        ("pair", {"form": "given", "pairings": "1 99"}, 400, "no player number 99"),
        ("cancel", {"round": "1"}, 409, "has begun"),
        ("cancel", {"round": "x"}, 400, "no such round"),
        ("complete", {}, 409, "Not all rounds"),
        ("results", {"result": "x none 1-0"}, 404, "no such game"),
        ("results", {"result": f"{NOBODY} none 2-0"}, 400, "no such result"),
        ("results", {"result": f"{NOBODY} none 1-0"}, 404, "no such game"),
        ("edit", {"form": "edit", "name": "New", "rounds": "100", "tieBreaks": "BH"}, 400, "rounds"),
        ("edit", {"form": "edit", "name": "New", "rounds": "3", "tieBreaks": "XX"}, 400, "tieBreaks"),
    ],
)
async def test_what_is_refused_comes_back_with_the_desk_and_what_was_written(
    site: Site, desk_under_way: str, form: str, fields: dict[str, str], status: int, says: str
) -> None:
    answer = await post(site.organiser.user, f"{desk_under_way}/{form}", **fields)
    assert answer.status_code == status
    (complaint,) = alerts(answer)
    assert says in complaint


@pytest_asyncio.fixture(scope="module")
async def desk_under_way(site: Site) -> str:
    return (await under_way(site))[1]
