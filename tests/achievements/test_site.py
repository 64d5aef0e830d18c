"""Achievements and the feed as players and admins meet them: a web server and its worker."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.clients import Api, Player, data_of, error_of, eventually
from tests.support.servers import Stores, WebServer
from tests.support.streams import listening


async def finish_run(player: Player, stores: Stores, **result: Any) -> str:
    """The id of a run of typing that began a while ago, and that its finish writes in capitals."""
    run = data_of(await player.request("POST", "/api/v1/sessions", {"app": "typing"}), 201)["sessionId"]
    with psycopg.connect(stores.database_url) as database:
        database.execute("update runs set started_at = started_at - interval '5 s' where id = %s", [run])
    metadata = {"sessionId": run.upper(), "wpm": 50, "accuracy": 98, **result}
    progress = {"currentWpm": metadata["wpm"], "currentAccuracy": metadata["accuracy"], "progress": 100}
    await player.request("POST", f"/api/v1/sessions/{run}/progress", progress)
    data_of(await player.act("typing_complete", metadata))
    return str(run)


async def of_player(api: Api, player: Player) -> dict[str, Any]:
    data: dict[str, Any] = data_of(await api.http.get(f"/api/v1/users/{player.id}/achievements"))
    return data


async def slugs(api: Api, player: Player) -> set[str]:
    return {one["achievement"] for one in (await of_player(api, player))["earned"]}


async def test_what_is_earned_is_told_kept_noticed_and_shown(api: Api, served: WebServer, stores: Stores) -> None:
    player = await api.register("Ada")
    async with listening(api.url, "user:me:*,activity:feed", token=player.token) as stream:
        await stream.until_type("connected")
        await player.score("quiz_complete")
        run = await finish_run(player, stores, accuracy=100, wpm=60)
        wanted = {"points-100", "level-2", "perfect-accuracy", "scoreboard-number-one", "typing-wpm-top-10"}
        await stream.until(lambda: wanted <= told(stream.of_type("achievement.unlocked")))
        await stream.until_type("activity.achievement")
        await stream.until_type("activity.session_completed")
        await stream.until_type("session.started")
        ended = await stream.until_type("session.ended")
        assert (ended.json["sessionId"], ended.json["scored"]) == (run, True)
        assert ended.json["result"]["wpm"] == 60
        await stream.until_type("notification")
        unlocked = stream.of_type("achievement.unlocked")
        assert len(unlocked) == len(told(unlocked)), "each once"
    state = await of_player(api, player)
    assert wanted <= {one["achievement"] for one in state["earned"]}
    assert (state["level"], state["streak"]) == (2, {"days": 1, "best": 1, "today": True})
    ladders = {(rung["ladder"], rung.get("board")): rung for rung in state["progress"]}
    assert ladders["score", "scoreboard"]["achievement"] == "points-500"
    assert (ladders["streak", None]["current"], ladders["streak", None]["target"]) == (1, 7)
    listed = data_of(await api.http.get("/api/v1/achievements"))["achievements"]
    assert {one["achievement"]: one["holders"] for one in listed}["points-100"] == 1
    await page_shows(api, player)


def told(messages: Any) -> set[str]:
    return {message.json["achievement"] for message in messages}


async def page_shows(api: Api, player: Player) -> None:
    page = (await api.http.get(f"/players/{player.id}")).text
    for words in (player.username, "First hundred", "Flawless", "1 day in a row", "Typing speed", "Lately"):
        assert words in page
    assert f'href="/players/{player.id}"' in (await api.http.get("/")).text
    feed = (await api.http.get("/activity")).text
    assert "Ada" in feed
    assert "activity:feed" in feed


async def test_nobody_and_nothing_that_is_not_there(api: Api) -> None:
    for path in ("users/00000000-0000-0000-0000-000000000000/achievements", "users/ada/achievements"):
        assert error_of(await api.http.get(f"/api/v1/{path}")) == (404, "NOT_FOUND")
    assert (await api.http.get("/players/00000000-0000-0000-0000-000000000000")).status_code == 404
    for query in ("kind=dance", "before=5", "before=c0", "limit=0", "before=czzzzzzzzzzzz"):
        assert error_of(await api.http.get(f"/api/v1/activity?{query}")) == (400, "INVALID_REQUEST"), query


async def test_the_achievements_of_others_are_not_listened_to(api: Api, boss: Player) -> None:
    one, other = await api.register(), await api.register()
    channel = f"user:{one.id}:achievements"
    for listener, is_granted in ((one, True), (other, False), (boss, True)):
        async with listening(api.url, f"{channel},activity:feed", token=listener.token) as stream:
            connected = await stream.until_type("connected")
            assert (channel in connected.json["channels"]) is is_granted


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "score", "board": "nowhere", "atLeast": 1}, "rule.board"),
        ({"kind": "score", "board": "scoreboard", "atLeast": 0.5}, "rule.atLeast"),
        ({"kind": "rank", "boards": ["scoreboard", "nowhere"], "atMost": 1}, "rule.boards"),
        ({"kind": "rank", "boards": ["scoreboard"], "atMost": 101}, "rule.atMost"),
        ({"kind": "streak", "days": 0}, "rule.days"),
        ({"kind": "perfect", "field": "charm"}, "rule.field"),
        ({"kind": "luck"}, "rule.kind"),
        ({"kind": "streak", "days": 3, "boards": []}, "rule.boards"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused_by_name(boss: Player, rule: dict[str, Any], field: str) -> None:
    answer = await boss.request("POST", "/api/v1/admin/achievements", {"slug": "x", "title": "X", "rule": rule})
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert field in answer.json()["error"]["details"]


async def make(boss: Player, slug: str, rule: dict[str, Any]) -> httpx.Response:
    body = {"slug": slug, "title": slug.title(), "rule": rule}
    return await boss.request("POST", "/api/v1/admin/achievements", body)


async def test_a_new_achievement_is_given_to_who_had_earned_it(api: Api, boss: Player, stores: Stores) -> None:
    """By scores, streaks, past actions and present ranks; audited, and by admins only."""
    player = await api.register()
    await player.score("task_finish")
    await finish_run(player, stores, accuracy=100)
    rules: dict[str, dict[str, Any]] = {
        "new-score": {"kind": "score", "board": "scoreboard", "atLeast": 20},
        "new-level": {"kind": "level", "level": 1, "points": 20},
        "new-streak": {"kind": "streak", "days": 1},
        "new-perfect": {"kind": "perfect", "field": "accuracy"},
        "new-rank": {"kind": "rank", "boards": ["typing_wpm", "scoreboard"], "atMost": 100},
    }
    for slug, rule in rules.items():
        assert data_of(await make(boss, slug, rule), 201)["rule"] == rule
    assert error_of(await make(boss, "new-score", rules["new-score"])) == (409, "CONFLICT")
    assert error_of(await make(player, "mine", rules["new-score"])) == (403, "FORBIDDEN")

    async def has_all() -> bool:
        return set(rules) <= await slugs(api, player)

    await eventually(has_all)
    edit = await boss.request("PATCH", "/api/v1/admin/achievements/new-score", {"title": "Newest", "points": 7})
    assert (data_of(edit)["title"], data_of(edit)["points"]) == ("Newest", 7)
    assert error_of(await boss.request("PATCH", "/api/v1/admin/achievements/none", {})) == (404, "NOT_FOUND")
    audit = data_of(await boss.request("GET", "/api/v1/admin/audit"))["audit"]
    assert [row["action"] for row in audit[:2]] == ["achievement.edited", "achievement.created"]


async def test_a_streak_grows_by_the_days_of_its_player(api: Api, stores: Stores) -> None:
    player = await api.register()
    await player.score("task_finish")

    async def has_streak() -> bool:
        return bool((await of_player(api, player))["streak"]["days"])

    await eventually(has_streak)
    with psycopg.connect(stores.database_url) as database:
        database.execute(
            "update streaks set last_day = last_day - 1, last_at = last_at - interval '1 day', days = 6, best = 6"
            " where user_id = %s",
            [player.id],
        )
    assert (await of_player(api, player))["streak"] == {"days": 6, "best": 6, "today": False}
    async with listening(api.url, f"user:{player.id}:achievements", token=player.token) as stream:
        await stream.until_type("connected")
        await player.score("task_finish")
        milestone = await stream.until_type("streak.milestone")
        assert (milestone.json["days"], milestone.json["timeZone"]) == (7, "UTC")
        await stream.until(lambda: "streak-7" in told(stream.of_type("achievement.unlocked")))


async def test_who_loses_the_lead_is_noticed_once_while_it_is_unread(
    api: Api, boss: Player, stores: Stores
) -> None:
    await boss.make_board("duel", "duel_won", policy="sum")
    one, two = await api.register(), await api.register()
    await one.score("duel_won", 10)
    await two.score("duel_won", 20)

    def notices(player: Player) -> int:
        with psycopg.connect(stores.database_url) as database:
            found = database.execute(
                "select count(*) from notices where user_id = %s and category = 'rankChanges'", [player.id]
            ).fetchone()
            assert found is not None
            return int(found[0])

    await eventually(lambda: notices(one) == 1)
    await one.score("duel_won", 20)
    await eventually(lambda: notices(two) == 1)
    await two.score("duel_won", 20)
    leaders = data_of(await api.http.get("/api/v1/activity?kind=new_leader"))["entries"]
    await asyncio.sleep(0)
    assert {entry["type"] for entry in leaders} <= {"activity.new_leader"}

    async def two_leads() -> bool:
        entries = data_of(await api.http.get("/api/v1/activity?kind=activity.new_leader"))["entries"]
        return any(entry["data"]["userId"] == two.id for entry in entries)

    await eventually(two_leads, seconds=30)
    assert notices(one) == 1


async def test_the_feed_is_paged_as_it_was_told_and_no_faster_than_ten_a_second(api: Api, stores: Stores) -> None:
    players = [await api.register() for _ in range(30)]
    async with listening(api.url, "activity:feed") as stream:
        await stream.until_type("connected")
        await asyncio.gather(*(player.score("quiz_complete") for player in players))

        def heard() -> list[dict[str, Any]]:
            return [message.json for message in stream.messages if "text" in message.json]

        def achievements() -> int:
            return sum(one["count"] for one in heard() if one.get("achievement"))

        await stream.until(lambda: achievements() >= 60)  # points-100 and level-2 for each
        told_ids = [one["id"] for one in heard()]
    with psycopg.connect(stores.database_url) as database:
        row = database.execute(
            "select max((select count(*) from activity b where b.created_at >= a.created_at"
            " and b.created_at < a.created_at + interval '1 second')) from activity a"
        ).fetchone()
        assert row is not None
        assert row[0] <= 10
    paged: list[str] = []
    cursor = ""
    while cursor is not None:
        query = f"?limit=3&before={cursor}" if cursor else "?limit=3"
        data = data_of(await api.http.get(f"/api/v1/activity{query}"))
        paged += [entry["data"]["id"] for entry in data["entries"]]
        cursor = data["next"]
    assert len(paged) == len(set(paged))
    assert [one for one in reversed(paged) if one in told_ids] == told_ids
