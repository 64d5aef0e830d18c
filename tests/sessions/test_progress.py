"""Ticks of a run: taken by any process, refused with the right code, and never near PostgreSQL."""

import asyncio
import uuid
from typing import Any

from tests.sessions.conftest import Site, start, tell, tick
from tests.support.clients import Api, Player, data_of, error_of, eventually, parse

NOBODY = str(uuid.UUID(int=0, version=4))


async def live(api: Api, **query: Any) -> list[dict[str, Any]]:
    """What `GET /api/v1/sessions/live` lists."""
    found: list[dict[str, Any]] = data_of(await api.http.get("/api/v1/sessions/live", params=query))["sessions"]
    return found


async def test_fields_are_merged_whichever_process_they_are_told(api: Api, other: Api, player: Player) -> None:
    run = await start(player)
    assert await tell(player, run, currentWpm=50, progress=10) == {"accepted": True}
    await tell(player, run, other, currentWpm=61.5)
    await tell(player, run, api, currentAccuracy=97)
    for at in (api, other):
        (shown,) = [one for one in await live(at, app="typing") if one["sessionId"] == run]
        assert shown.pop("sessionDuration") in (0, 1)
        assert {name: str(value) for name, value in shown.items()} == {
            "sessionId": run,
            "userId": player.id,
            "username": player.username,
            "app": "typing",
            "status": "live",
            "currentWpm": "61.5",
            "currentAccuracy": "97",
            "progress": "10",
            "trend": "rising",
        }


async def test_what_cannot_be_taken_says_why(api: Api, player: Player) -> None:
    run, stranger = await start(player), await api.register()
    assert error_of(await tick(stranger, run, currentWpm=1)) == (403, "FORBIDDEN")
    assert error_of(await tick(player, NOBODY, currentWpm=1)) == (404, "NOT_FOUND")
    assert error_of(await tick(player, "no-id", currentWpm=1)) == (404, "NOT_FOUND")
    assert error_of(await tick(player, run)) == (400, "INVALID_REQUEST")
    assert error_of(await tick(player, run, currentWpm=301)) == (400, "INVALID_REQUEST")
    anonymous = await api.http.post(f"/api/v1/sessions/{run}/progress", json={"currentWpm": 1})
    assert error_of(anonymous) == (401, "UNAUTHORIZED")
    as_text = {**player.bearer, "Content-Type": "text/plain"}
    bare = await api.http.post(f"/api/v1/sessions/{run}/progress", content=b"{}", headers=as_text)
    assert error_of(bare) == (415, "UNSUPPORTED_MEDIA_TYPE")
    data_of(await player.request("POST", f"/api/v1/sessions/{run}/end"))
    assert error_of(await tick(player, run, currentWpm=1)) == (409, "CONFLICT")


async def test_a_browser_of_another_origin_comes_the_long_way(api: Api, player: Player) -> None:
    """The short way answers no CORS; both are the same."""
    run = await start(player)
    headers = {**player.bearer, "Origin": "https://elsewhere.example"}
    path = f"/api/v1/sessions/{run}/progress"
    assert data_of(await api.http.post(path, json={"progress": 5}, headers=headers), 202) == {"accepted": True}
    assert error_of(await api.http.post(path, json={}, headers=headers)) == (400, "INVALID_REQUEST")


async def test_ten_ticks_a_second_are_taken_of_one_run_by_all_processes_together(
    api: Api, other: Api, player: Player
) -> None:
    run, another = await start(player), await start(player, "math")
    answers = await asyncio.gather(
        *(tick(player, run, at, currentWpm=number) for number in range(10) for at in (api, other))
    )
    assert sorted(answer.status_code for answer in answers) == [202] * 10 + [429] * 10
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert error_of(refused) == (429, "RATE_LIMITED")
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit-policy"] == '"progress";q=10;w=1'
    await tell(player, another, currentAccuracy=50)

    async def taken_again() -> bool:
        return bool((await tick(player, run, currentWpm=1)).status_code == 202)

    await eventually(taken_again, every=0.1)


async def test_who_begins_one_run_too_many_ends_the_oldest(site: Site, player: Player) -> None:
    runs = [await start(player) for _ in range(6)]
    assert site.open_runs(player) == runs[2:]
    assert error_of(await tick(player, runs[0], currentWpm=1)) == (409, "CONFLICT")


async def test_ending_a_run_is_answered_the_same_again_and_to_its_owner_alone(api: Api, player: Player) -> None:
    run, stranger = await start(player, "piano"), await api.register()
    path = f"/api/v1/sessions/{run}/end"
    assert error_of(await stranger.request("POST", path)) == (403, "FORBIDDEN")
    first = data_of(await player.request("POST", path))
    assert (first["sessionId"], first["app"], first["scored"]) == (run, "piano", False)
    assert data_of(await player.request("POST", path)) == first
    assert error_of(await player.request("POST", f"/api/v1/sessions/{NOBODY}/end")) == (404, "NOT_FOUND")


async def test_live_runs_are_listed_by_app_the_newest_first_page_by_page(
    api: Api, other: Api, player: Player
) -> None:
    first, second, third = [await start(player, app) for app in ("reading", "math", "reading")]
    assert [run["sessionId"] for run in await live(other, app="reading", limit=2)] == [third, first]
    assert [run["sessionId"] for run in await live(other, app="reading", limit=1, offset=1)] == [first]
    assert [run["sessionId"] for run in await live(other, limit=3)] == [third, second, first]
    data_of(await player.request("POST", f"/api/v1/sessions/{third}/end"))
    assert [run["sessionId"] for run in await live(api, app="reading", limit=1)] == [first]
    for query in ("app=chess", "limit=0", "limit=101", "offset=-1", "limit=x"):
        answer = await api.http.get(f"/api/v1/sessions/live?{query}")
        assert error_of(answer) == (400, "INVALID_REQUEST")
        assert list(parse(answer.content)["error"]["details"]) == [query.partition("=")[0]]
