"""WebSockets: the same channels, by a client that somebody else wrote."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.live.conftest import PLENTY, Pair
from tests.support.clients import Api, Player, eventually
from tests.support.replica import state_of
from tests.support.servers import WebServer
from tests.support.sockets import Socket, connected

CHANNEL = "leaderboard:scoreboard"


def ws(url: str, path: str = "/api/ws") -> str:
    return url.replace("http", "ws", 1) + path


async def refusal(url: str, **options: Any) -> tuple[int, dict[str, Any]]:
    """Status and error of a handshake that must be refused."""
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, proxy=None, **options)
    answer = refused.value.response
    return answer.status_code, json.loads(answer.body or b"{}")["error"]


async def test_a_subscriber_gets_a_snapshot_and_then_deltas_that_add_up_to_the_board(api: Api, pair: Pair) -> None:
    players = await api.register_all([f"socket player {number}" for number in range(4)])
    async with connected(pair.second.url) as socket:
        greeting = (await socket.until_type("connected"))["data"]
        assert (greeting["auth"], greeting["channels"]) == ("anonymous", [])
        status = (await socket.until_type("connection_status"))["data"]
        assert status["status"] == "connected"
        assert status["userCount"] >= 0
        await socket.say(action="subscribe", channel=CHANNEL)
        await socket.until_type("leaderboard.update")
        assert socket.types.index("subscribed") < socket.types.index("leaderboard.update")
        for player in players:
            await player.score("quiz_complete")
        answer = await api.board("scoreboard")
        await socket.until(lambda: socket.boards["scoreboard"].state == state_of(answer))
        assert socket.boards["scoreboard"].version == answer["version"]


async def test_type_is_understood_for_action_and_leaderboard_for_the_default_board(pair: Pair) -> None:
    async with connected(pair.first.url) as socket:
        await socket.say(type="subscribe", channel="leaderboard")
        subscribed = await socket.until_type("subscribed")
        assert subscribed["data"]["channels"] == [CHANNEL]
        await socket.say(type="unsubscribe", channel="leaderboard")
        assert (await socket.until_type("unsubscribed"))["data"]["channels"] == [CHANNEL]
        await socket.say(type="ping")
        await socket.until_type("pong")


async def test_nothing_comes_of_a_channel_that_was_left(api: Api, pair: Pair) -> None:
    player = await api.register()
    async with connected(pair.first.url) as socket:
        await socket.say(action="subscribe", channel=CHANNEL)
        await socket.until_type("leaderboard.update")
        await socket.say(action="unsubscribe", channel=CHANNEL)
        await socket.until_type("unsubscribed")
        await player.score("quiz_complete")
        await asyncio.sleep(0.3)
        assert len(socket.of_type("leaderboard.update")) == 1


async def test_an_access_token_in_a_message_opens_the_private_channels(api: Api, pair: Pair) -> None:
    player = await api.register()
    await player.score("task_finish")
    async with connected(pair.second.url) as socket:
        await socket.say(action="subscribe", channel="user:me:score")
        assert (await socket.until_type("error"))["data"]["code"] == "UNAUTHORIZED"
        await socket.say(action="auth", token="not a token")
        assert (await socket.until_type("error", 2))["data"]["code"] == "UNAUTHORIZED"
        await socket.say(action="auth", token=player.token)
        assert (await socket.until_type("connected", 2))["data"]["auth"] == "user"
        await socket.say(action="subscribe", channel="user:me:score")
        assert (await socket.until_type("score.personal"))["data"]["newScore"] == 10
        await player.score("task_finish")
        told = await socket.until_type("score.personal", 2)
        assert told["channel"] == f"user:{player.id}:score"
        assert (told["data"]["newScore"], told["data"]["pointsAwarded"]) == (20, 10)


async def test_a_connection_does_not_change_hands(api: Api, pair: Pair) -> None:
    one, two = await api.register(), await api.register()
    async with connected(pair.first.url, token=one.token) as socket:
        await socket.say(action="auth", token=one.token)
        assert (await socket.until_type("connected", 2))["data"]["auth"] == "user"
        await socket.say(action="auth", token=two.token)
        assert (await socket.until_type("error"))["data"]["code"] == "CONFLICT"


async def test_rights_that_have_changed_need_a_connection_of_their_own(
    api: Api, pair: Pair, admin: Player
) -> None:
    boss = await api.admin(pair.stores)
    async with connected(pair.second.url, token=boss.token, channels="system") as socket:
        await socket.until_type("connected")
        changed = await admin.request("PATCH", f"/api/v1/admin/users/{boss.id}", {"role": "VIEWER"})
        assert changed.status_code == 200
        token = (await api.log_in(boss.username)).token
        with contextlib.suppress(ConnectionClosed):  # the change may have ended it by now
            await socket.say(action="auth", token=token)
        assert await socket.until_closed(3) == 1008
        assert socket.types[-1] == "auth.expired"
        assert socket.types.count("connected") == 1


async def test_a_flood_in_one_write_is_refused_and_others_are_served_meanwhile(pair: Pair, api: Api) -> None:
    async with connected(pair.first.url) as socket:
        await socket.until_type("connected")
        await asyncio.gather(*(socket.send("{}") for _ in range(2_000)), return_exceptions=True)
        assert (await api.http.get("/api/v1/boards")).status_code == 200
        assert await socket.until_closed() == 1008
        assert len(socket.of_type("error")) == 10


async def test_an_unknown_address_is_refused_in_the_envelope(pair: Pair) -> None:
    status, error = await refusal(ws(pair.first.url, "/api/nowhere"))
    assert (status, error["code"]) == (404, "NOT_FOUND")


async def test_a_stream_token_in_the_url_is_good_and_an_access_token_is_not(api: Api, pair: Pair) -> None:
    player = await api.register()
    answer = await player.request("POST", "/api/v1/auth/stream-token")
    token = answer.json()["data"]["streamToken"]
    good = Socket("/api/ws")
    good.query["token"] = token
    await good.open(pair.first.url)
    assert (await good.until_type("connected"))["data"]["auth"] == "user"
    await good.cut()
    status, error = await refusal(f"{ws(pair.first.url)}?token={player.token}")
    assert (status, error["code"]) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_origin_is_refused_in_the_envelope(pair: Pair, origin: str) -> None:
    status, error = await refusal(ws(pair.first.url), origin=Origin(origin))
    assert (status, error["code"]) == (403, "FORBIDDEN")
    assert error["requestId"]


async def test_over_capacity_a_handshake_is_refused_in_the_envelope(
    pair: Pair, serve_alike: Callable[..., WebServer]
) -> None:
    server = serve_alike(pair.stores, STREAM_LIMIT=1, ALLOWED_ORIGINS="https://friend.example")
    async with connected(server.url) as socket:
        await socket.until_type("connected")
        status, error = await refusal(ws(server.url))
        assert (status, error["code"]) == (503, "UNAVAILABLE")
    for origin in (server.url, "https://friend.example"):  # both are welcome, one at a time
        await eventually(partial(greets, server, origin))


async def greets(server: WebServer, origin: str) -> bool:
    try:
        async with await connect(ws(server.url), origin=Origin(origin), proxy=None) as socket:
            return bool(json.loads(await socket.recv())["type"] == "connected")
    except InvalidStatus as refused:
        if refused.response.status_code != 503:  # not for its origin
            raise
        return False


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", "INVALID_REQUEST"),
        ("[]", "INVALID_REQUEST"),
        ('"ping"', "INVALID_REQUEST"),
        ("{}", "INVALID_REQUEST"),
        ('{"action": 5}', "INVALID_REQUEST"),
        ('{"action": "dance"}', "INVALID_REQUEST"),
        ('{"action": "subscribe"}', "INVALID_REQUEST"),
        ('{"action": "subscribe", "channel": 7}', "INVALID_REQUEST"),
        ('{"action": "subscribe", "channel": "nowhere:at:all"}', "NOT_FOUND"),
        ('{"action": "subscribe", "channel": "leaderboard:\\u0000"}', "NOT_FOUND"),
        ('{"action": "ping", "padding": "' + "x" * 4096 + '"}', "PAYLOAD_TOO_LARGE"),
        (b"\x00\x01", "INVALID_REQUEST"),
        ("[" * 2000, "INVALID_REQUEST"),
    ],
)
async def test_what_is_not_understood_is_answered_and_the_connection_stays(
    pair: Pair, said: str | bytes, code: str
) -> None:
    async with connected(pair.first.url) as socket:
        await socket.send(said)
        error = (await socket.until_type("error"))["data"]
        assert error["code"] == code
        assert error["message"]
        await socket.say(action="ping")
        await socket.until_type("pong")


async def test_repeated_abuse_closes_the_connection(pair: Pair) -> None:
    async with connected(pair.first.url) as socket:
        for _ in range(10):
            await socket.send("nonsense")
        assert await socket.until_closed() == 1008
        assert len(socket.of_type("error")) == 10


async def test_more_than_twenty_messages_a_second_are_refused(pair: Pair) -> None:
    async with connected(pair.first.url) as socket:
        for _ in range(25):
            await socket.say(action="ping")
        await socket.until_type("error", 5)
        assert {error["data"]["code"] for error in socket.of_type("error")} == {"RATE_LIMITED"}
        assert len(socket.of_type("pong")) == 20


async def test_a_socket_resumes_where_it_was_cut_at_another_process(pair: Pair, admin: Player) -> None:
    socket = Socket(channels="system,leaderboard:scoreboard")
    await socket.open(pair.first.url)
    await socket.until_type("leaderboard.update")
    await admin.announce("first")
    await socket.until_type("system.announcement")
    await socket.cut()
    await admin.announce("second")
    await admin.announce("third")
    await socket.open(pair.second.url)
    await socket.until(lambda: len(socket.of_type("system.announcement")) == 3)
    await socket.cut()
    told = socket.of_type("system.announcement")
    assert [message["data"]["title"] for message in told] == ["first", "second", "third"]
    assert all(message["timestamp"] == message["data"]["timestamp"] for message in told)


async def test_logging_out_closes_the_sockets_of_that_login(api: Api, pair: Pair) -> None:
    player = await api.register()
    async with connected(pair.second.url, token=player.token, channels="user:me:score") as socket:
        await socket.until_type("connected")
        await player.request("POST", "/api/v1/auth/logout")
        assert await socket.until_closed(2) == 1008
        assert socket.types[-1] == "auth.expired"


async def test_a_process_that_stops_sends_its_sockets_elsewhere(
    pair: Pair, serve_alike: Callable[..., WebServer]
) -> None:
    server = serve_alike(pair.stores, **PLENTY)
    async with connected(server.url, channels=CHANNEL) as socket:
        await socket.until_type("leaderboard.update")
        server.end()
        assert await socket.until_closed() == 1012
        assert "stream.rotate" in socket.types


async def test_the_older_endpoint_tells_the_whole_board_and_the_players_own_score(api: Api, pair: Pair) -> None:
    player = await api.register("Sofja Kowalewskaja")
    async with connected(pair.second.url, "/api/v1/scores/live") as socket:
        first = await socket.until_type("leaderboard:update")
        assert set(first) == {"event", "data"}
        await socket.say(action="auth", token=player.token)
        await socket.until_type("connected", 2)
        result = await player.score("quiz_complete")
        personal = await socket.until_type("score:personal")
        assert personal["data"]["newScore"] == result["newScore"]
        board = await api.board("scoreboard")
        await socket.until(lambda: socket.of_type("leaderboard:update")[-1]["data"]["version"] == board["version"])
        told = socket.of_type("leaderboard:update")[-1]["data"]
        assert [row["userId"] for row in told["leaderboard"]] == [row["userId"] for row in board["leaderboard"]]
        assert told["changedPositions"]
        assert told["timestamp"]


async def test_text_that_is_no_utf8_closes_the_connection_and_leaves_no_trace(pair: Pair) -> None:
    async with await connect(ws(pair.first.url), proxy=None) as socket:
        await socket.send(b"\xff\xfe", text=True)
        await socket.wait_closed()
        assert socket.close_code == 1007
    assert "Invalid UTF-8" not in pair.first.log_text()


async def test_a_message_of_a_megabyte_closes_the_connection(pair: Pair) -> None:
    async with await connect(ws(pair.first.url), proxy=None) as socket:
        await socket.send("x" * 1_000_000)
        await socket.wait_closed()
        assert socket.close_code == 1009
