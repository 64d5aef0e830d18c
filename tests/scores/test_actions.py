"""Signed actions over HTTP: each check with its own answer, in order, and counted once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.support.clients import Api, Player, data_of, error_of, parse
from tests.support.servers import Stores, WebServer


@pytest.fixture
def sibling(pair: tuple[WebServer, WebServer]) -> WebServer:
    return pair[1]


@pytest.fixture
async def api(pair: tuple[WebServer, WebServer]) -> AsyncIterator[Api]:
    async with Api(pair[0].url) as api:
        yield api


@pytest.fixture
async def player(api: Api) -> Player:
    return await api.register()


def claim(**changes: Any) -> bytes:
    now = datetime.now(UTC).isoformat()
    return json.dumps({"actionId": "a", "actionType": "task_finish", "timestamp": now, **changes}).encode()


async def send(player: Player, body: bytes, **headers: str) -> Any:
    all_headers = {
        "Content-Type": "application/json",
        "X-Action-Signature": player.sign(body),
        **player.bearer,
        **headers,
    }
    return await player.api.http.post("/api/v1/scores/action", content=body, headers=all_headers)


async def test_an_action_is_answered_with_what_it_did(player: Player) -> None:
    first = data_of(await player.act("quiz_complete"))
    assert (first["previousScore"], first["pointsAwarded"], first["newScore"]) == (0, 100, 100)
    assert first["boards"] == [
        {"board": "scoreboard", "score": 100, "rank": first["newRank"], "previousRank": None}
    ]
    second = data_of(await player.act("task_finish"))
    assert (second["userId"], second["previousScore"], second["newScore"]) == (player.id, 100, 110)
    assert second["boards"][0]["previousRank"] == first["newRank"]


async def test_the_board_shows_the_action_to_everybody_and_the_player_their_place(
    player: Player, api: Api
) -> None:
    await player.score("quiz_complete")
    board = data_of(await player.request("GET", "/api/v1/scores/leaderboard?limit=100"))
    mine = next(entry for entry in board["leaderboard"] if entry["userId"] == player.id)
    assert board["currentUser"] == {"rank": mine["rank"], "score": mine["score"]}
    assert "currentUser" not in await api.board("scoreboard")


async def test_without_a_token_nothing_else_is_looked_at(player: Player) -> None:
    assert error_of(await send(player, b"{", Authorization="Bearer nonsense")) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("signature", ["", "0" * 64, "A" * 64, "é"])
async def test_a_wrong_signature_is_refused_before_the_body_is_read(player: Player, signature: str) -> None:
    answer = await player.api.http.post(
        "/api/v1/scores/action",
        content=b"{",
        headers=[
            (b"content-type", b"application/json"),
            (b"authorization", player.bearer["Authorization"].encode()),
            (b"x-action-signature", signature.encode()),
        ],
    )
    assert error_of(answer) == (403, "INVALID_SIGNATURE")


async def test_a_signature_belongs_to_one_body_and_one_player(player: Player, api: Api) -> None:
    body, other = claim(), await api.register()
    changed = body.replace(b"task_finish", b"quiz_complete")
    assert error_of(await send(player, changed, **{"X-Action-Signature": player.sign(body)}))[0] == 403
    assert error_of(await send(player, body, **{"X-Action-Signature": other.sign(body)}))[0] == 403


async def test_the_same_action_twice_counts_once_and_is_told_the_first_result(player: Player) -> None:
    first = data_of(await player.act("task_finish", action_id="twice"))
    again = await player.act("task_finish", action_id="twice")
    assert error_of(again) == (409, "DUPLICATE_ACTION")
    assert parse(again.content)["error"]["details"]["result"] == first
    assert (await player.score("task_finish"))["previousScore"] == 10


async def test_idempotency_is_asked_before_rate_and_body(player: Player) -> None:
    await player.act("task_finish", action_id="once")
    for number in range(12):
        await player.act("task_finish", action_id=f"more {number}")
    assert (await player.act("task_finish", action_id="new")).status_code == 429
    assert (await player.act("task_finish", action_id="once")).status_code == 409
    assert (await send(player, claim(actionId="once", actionType=5))).status_code == 409


async def test_the_eleventh_action_of_a_minute_is_refused_and_refused_ones_count(player: Player) -> None:
    answers = [await player.act("task_finish") for _ in range(8)]
    answers += [await send(player, claim(actionId=f"bad {number}", actionType="?")) for number in range(2)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [400] * 2
    refused = await player.act("task_finish")
    assert error_of(refused) == (429, "RATE_LIMITED")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-policy"] == '"actions";q=10;w=60'


async def test_a_type_has_its_own_cooldown(player: Player) -> None:
    await player.score("quiz_complete")
    assert error_of(await player.act("quiz_complete")) == (429, "RATE_LIMITED")
    await player.score("task_finish")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"actionType": "no_such_type"}, "actionType"),
        ({"timestamp": "2020-01-01T00:00:00Z"}, "timestamp"),
        ({"timestamp": (datetime.now(UTC) + timedelta(days=1)).isoformat()}, "timestamp"),
        ({"timestamp": "soon"}, "timestamp"),
        ({"userId": "somebody else"}, "userId"),
        ({"metadata": "none"}, "metadata"),
        ({"actionType": "typing_complete", "metadata": {"wpm": 301, "accuracy": 5}}, "wpm"),
        ({"actionType": "typing_complete", "metadata": {"wpm": 95.55, "accuracy": 5}}, "wpm"),
        ({"actionType": "typing_complete", "metadata": {"wpm": 95, "accuracy": 5}}, "sessionId"),
        ({"actionType": "typing_complete", "metadata": {"wpm": 9, "accuracy": 5, "sessionId": [1]}}, "sessionId"),
    ],
)
async def test_a_wrong_action_changes_nothing_and_names_the_field(
    player: Player, changes: dict[str, Any], field: str
) -> None:
    answer = await send(player, claim(**changes))
    assert error_of(answer) == (400, "INVALID_ACTION")
    assert field in parse(answer.content)["error"]["details"]
    assert (await player.score("task_finish"))["previousScore"] == 0


async def test_other_bodies_than_json_are_refused(player: Player) -> None:
    assert error_of(await send(player, claim(), **{"Content-Type": "text/plain"}))[0] == 415
    assert error_of(await send(player, b"x" * 70_000)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_run_backs_one_action_of_its_app(player: Player, api: Api) -> None:
    async def start(app: str) -> Any:
        return data_of(await player.request("POST", "/api/v1/sessions", {"app": app}), 201)["sessionId"]

    run, other_app = await start("typing"), await start("math")
    result = {"wpm": 95.5, "accuracy": 99, "sessionId": run}
    told = {"currentWpm": 91, "currentAccuracy": 99}
    data_of(await player.request("POST", f"/api/v1/sessions/{run}/progress", told), 202)
    assert error_of(await player.act("typing_complete", result))[0] == 400, "too young"
    await asyncio.sleep(1.1)
    assert error_of(await player.act("typing_complete", {**result, "sessionId": other_app}))[0] == 400
    stranger = await api.register()
    assert error_of(await stranger.act("typing_complete", result))[0] == 400
    done = data_of(await player.act("typing_complete", result))
    assert [(one["board"], str(one["score"])) for one in done["boards"]] == [
        ("typing_wpm", "95.5"),
        ("scoreboard", "10"),
        ("overall", "10"),
    ]
    assert error_of(await player.act("typing_complete", result))[0] == 400, "ended"


async def test_an_unknown_app_has_no_runs(player: Player) -> None:
    assert error_of(await player.request("POST", "/api/v1/sessions", {"app": "chess"})) == (400, "INVALID_REQUEST")


async def test_one_action_sent_64_times_over_two_processes_counts_once(player: Player, sibling: WebServer) -> None:
    async with Api(sibling.url) as other:
        answers = await asyncio.gather(
            *(
                player.act("task_finish", action_id="race", api=other if number % 2 else None)
                for number in range(64)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 63
    accepted = next(data_of(answer) for answer in answers if answer.status_code == 200)
    duplicates = [parse(one.content)["error"]["details"]["result"] for one in answers if one.status_code == 409]
    assert {one["newScore"] for one in duplicates} == {accepted["newScore"]} == {10}
    assert {one["timestamp"] for one in duplicates} == {accepted["timestamp"]}


async def test_the_rate_holds_over_two_processes(player: Player, sibling: WebServer) -> None:
    async with Api(sibling.url) as other:
        answers = await asyncio.gather(
            *(player.act("task_finish", api=other if number % 2 else None) for number in range(20))
        )
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 10


async def test_many_players_at_once_end_with_the_sums_of_their_actions(api: Api, stores: Stores) -> None:
    players = await api.register_all([f"crowd {number}" for number in range(10)])
    await asyncio.gather(*(player.act("task_finish") for player in players for _ in range(6)))
    board = await api.board("scoreboard", 100)
    crowd = {entry["userId"]: entry["score"] for entry in board["leaderboard"]}
    assert {crowd[player.id] for player in players} == {60}
    with psycopg.connect(stores.database_url) as connection:
        logged = connection.execute("select count(*), count(distinct seq), max(seq) from actions").fetchone()
        seq = connection.execute("select seq from commits").fetchone()
    assert logged is not None
    assert seq is not None
    assert logged[0] == logged[1] == logged[2] == seq[0], "seq is contiguous, in commit order"


async def test_the_request_id_is_in_the_action_log(player: Player, stores: Stores) -> None:
    body = claim(actionId="traced")
    answer = await send(player, body, **{"X-Request-ID": "trace-me"})
    assert answer.headers["x-request-id"] == "trace-me"
    with psycopg.connect(stores.database_url) as connection:
        row = connection.execute(
            "select request_id, signature, metadata from actions where action_id = 'traced'"
        ).fetchone()
    assert row == ("trace-me", player.sign(body), {})


async def test_points_may_have_decimals_and_whole_ones_may_stand_beside_them(api: Api, stores: Stores) -> None:
    admin = await api.admin(stores)
    await admin.make_board("halves", "half", decimals=1)
    kind = {"slug": "both", "points": {"fixed": 10}, "boards": [{"board": "halves"}, {"board": "scoreboard"}]}
    data_of(await admin.request("POST", "/api/v1/admin/action-types", kind), 201)
    player = await api.register()
    await asyncio.gather(player.score("half", 0.5), (await api.register()).score("half", 1))
    done = await player.score("both")
    assert [str(one["score"]) for one in done["boards"]] == ["10.5", "10"]


async def test_a_broken_body_counts_towards_the_rate(player: Player) -> None:
    answers = [await send(player, b"{") for _ in range(10)]
    assert [error_of(answer) for answer in answers] == [(400, "INVALID_ACTION")] * 10
    assert error_of(await send(player, b"{")) == (429, "RATE_LIMITED")


@pytest.mark.parametrize("number", ["1e999999", "1e200000", "1e-999999", "1e308", "-0.0", "1" * 300 + ".5"])
async def test_odd_numbers_in_metadata_break_nothing(player: Player, number: str) -> None:
    body = claim(metadata={"x": 0}).replace(b'"x": 0', f'"x": {number}'.encode())
    assert (await send(player, body)).status_code in (200, 400)


async def test_a_malformed_origin_is_foreign(api: Api) -> None:
    refused = await api.http.post("/api/v1/auth/login", json={}, headers={"Origin": "http://[::1"})
    assert error_of(refused) == (403, "FORBIDDEN")


async def test_browsers_get_a_page_where_a_form_is_refused(api: Api) -> None:
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site"}
    refused = await api.http.post("/login", data={"username": "a"}, headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) == (403, "text/html; charset=utf-8")
