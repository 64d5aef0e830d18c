"""`/runs` in a browser without script, and what its pages are sent while runs go on."""

from typing import Any

import httpx

from tests.pages.markup import Markup
from tests.sessions.conftest import Site, start, tell
from tests.support.clients import Api, Player, eventually
from tests.support.streams import listening

PAGE = {"Accept": "text/html"}
NOBODY = "00000000-0000-4000-8000-000000000000"


async def get(user: Player | Api, path: str, **headers: str) -> httpx.Response:
    bearer = user.bearer if isinstance(user, Player) else {}
    api = user.api if isinstance(user, Player) else user
    return await api.http.get(path, headers={**PAGE, **bearer, **headers})


async def post(user: Player, path: str, **fields: str) -> httpx.Response:
    return await user.api.http.post(path, data=fields, headers={**PAGE, **user.bearer})


def lane(answer: httpx.Response, run: str) -> str:
    """The words of one lane, as they are read out."""
    assert answer.status_code == 200, answer.text
    return " ".join(Markup(answer.text).by_id(f"run-{run}").text.split())


async def test_a_run_is_played_by_forms_from_its_start_to_its_end(api: Api, player: Player) -> None:
    begun = await post(player, "/runs", app="typing")
    assert begun.status_code == 303
    page = begun.headers["location"]
    run = page.removeprefix("/runs/")
    told = await post(player, f"{page}/progress", currentWpm="72,5", currentAccuracy="96", progress="")
    assert (told.status_code, told.headers["location"]) == (303, page)
    for where in ("/runs", "/runs?app=typing", page, f"/players/{player.id}"):
        assert f"{player.username} 72.5 wpm" in lane(await get(api, where), run), where
    assert f"run-{run}" not in (await get(api, "/runs?app=math")).text
    assert (await post(player, f"{page}/end")).status_code == 303
    assert "Ended. 96 % right" in lane(await get(player, page), run)
    late = await post(player, f"{page}/progress", currentWpm="80")
    assert late.status_code == 409
    assert f"run-{run}" not in (await get(api, "/runs")).text


async def test_what_is_refused_comes_back_with_a_word_and_changes_nothing(api: Api, player: Player) -> None:
    run, stranger = await start(player), await api.register()
    page = f"/runs/{run}"
    wrong = await post(player, f"{page}/progress", currentWpm="fast", progress="30")
    said = [tag.text for tag in Markup(wrong.text).with_class("said")]
    assert (wrong.status_code, said) == (400, ["Words a minute: a number from 0 to 300, please."])
    assert Markup(wrong.text).by_id("tell-progress").attributes["value"] == "30", "what was typed is kept"
    assert (await post(player, f"{page}/progress")).status_code == 400
    assert (await post(player, "/runs", app="chess")).status_code == 400
    for form in ("progress", "end"):
        assert (await post(stranger, f"{page}/{form}", progress="99")).status_code == 403
        assert (await post(player, f"/runs/{NOBODY}/{form}", progress="99")).status_code == 404
        away = await api.http.post(f"{page}/{form}", data={"progress": "99"})
        assert (away.status_code, away.headers["location"]) == (303, f"/login?next={page}")
    assert "just begun" in lane(await get(stranger, page), run)
    assert "Tell" not in (await get(stranger, page)).text
    assert (await get(api, "/runs?app=chess")).status_code == 400


async def test_pages_are_told_how_runs_go_by_their_own_fragments(site: Site, api: Api, player: Player) -> None:
    run, rival = await start(player), await api.register()
    beside = await start(rival)
    await tell(rival, beside, currentWpm=60, progress=10)
    channels = f"session:{run}:live,session:{run}:competitors"
    async with listening(site.second.url, channels, format="html") as stream:
        await tell(player, run, currentWpm=50, progress=25)
        await stream.until(lambda: "25 %" in frames(stream, f"#run-{run}"))
        assert ">50</b> <small>wpm</small>" in frames(stream, f"#run-{run}")
        await stream.until(lambda: rival.username in frames(stream, f"#beside-{run}"))


def frames(stream: Any, target: str) -> str:
    """The last partial for this part of a page."""
    told = [message.data for message in stream.messages if f'data-hx-target="{target}"' in message.data]
    return str(told[-1]) if told else ""


async def test_who_has_a_fragment_is_not_sent_it_again(api: Api, player: Player) -> None:
    run = await start(player)

    async def feed_tells() -> bool:
        return '<li id="story-' in (await get(api, f"/players/{player.id}/part")).text

    await eventually(feed_tells)
    for path in (
        "/runs/part?app=typing",
        f"/runs/{run}/part",
        f"/runs/{run}/beside",
        f"/players/{player.id}/part",
    ):
        first = await get(api, path)
        again = await get(api, path, **{"If-None-Match": first.headers["etag"]})
        assert (first.status_code, again.status_code) == (200, 304), path
    tag = (await get(api, f"/runs/{run}/part")).headers["etag"]
    await tell(player, run, currentWpm=50)
    assert (await get(api, f"/runs/{run}/part", **{"If-None-Match": tag})).status_code == 200


async def test_a_run_that_redis_lost_is_shown_without_its_figures(site: Site, api: Api, player: Player) -> None:
    run = await start(player)
    await tell(player, run, currentWpm=50)
    site.forget(run)
    assert "just begun" in lane(await get(api, f"/runs/{run}"), run)
