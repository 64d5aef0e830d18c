"""Other channels for a stream that is open: at whichever process it is, and by its owner only."""

from functools import partial
from typing import Any

import httpx
import pytest

from tests.live.conftest import Pair
from tests.support.clients import Api, data_of, error_of
from tests.support.sockets import connected
from tests.support.streams import Stream, listening

BOARD = "leaderboard:math_accuracy"


async def change(api: Api, do: str, body: dict[str, Any], token: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await api.http.post(f"/api/ws/{do}", json=body, headers=headers)


def contains(stream: Stream, board: str) -> bool:
    return board in stream.boards


async def test_an_anonymous_stream_is_changed_by_who_knows_its_secret(pair: Pair, api: Api, other: Api) -> None:
    for asked in (api, other):
        async with listening(pair.first.url, "leaderboard:overall") as stream:
            greeting = (await stream.until_type("connected")).json
            body = {"sessionId": greeting["sessionId"], "channels": [BOARD, "nowhere"]}
            for secret in ({}, {"sessionSecret": "guessed"}, {"sessionSecret": ""}):
                assert error_of(await change(asked, "subscribe", {**body, **secret})) == (403, "FORBIDDEN")
            body["sessionSecret"] = greeting["sessionSecret"]
            changed = data_of(await change(asked, "subscribe", body))
            assert changed["channels"] == ["leaderboard:overall", BOARD]
            assert changed["refused"] == [{"channel": "nowhere", "code": "NOT_FOUND"}]
            await stream.until(partial(contains, stream, "math_accuracy"))
            left = data_of(await change(asked, "unsubscribe", {**body, "channels": [BOARD]}))
            assert left["channels"] == ["leaderboard:overall"]


async def test_a_users_stream_is_changed_by_that_user_alone(pair: Pair, api: Api, other: Api) -> None:
    owner, stranger = await api.register(), await api.register()
    async with listening(pair.first.url, "leaderboard:overall", token=owner.token) as stream:
        greeting = (await stream.until_type("connected")).json
        assert "sessionSecret" not in greeting
        body = {"sessionId": greeting["sessionId"], "channels": ["user:me:score"]}
        assert error_of(await change(other, "subscribe", body)) == (403, "FORBIDDEN")
        assert error_of(await change(other, "subscribe", body, stranger.token)) == (403, "FORBIDDEN")
        changed = data_of(await change(other, "subscribe", body, owner.token))
        assert changed["channels"][-1] == f"user:{owner.id}:score"
        await owner.score("task_finish")
        await stream.until_type("score.personal")


async def test_a_stream_that_got_a_private_channel_ends_with_its_login(pair: Pair, api: Api) -> None:
    owner = await api.register()
    async with listening(pair.second.url, "leaderboard:overall", token=owner.token) as stream:
        greeting = (await stream.until_type("connected")).json
        body = {"sessionId": greeting["sessionId"], "channels": ["user:me:notifications"]}
        data_of(await change(api, "subscribe", body, owner.token))
        await owner.request("POST", "/api/v1/auth/logout")
        await stream.until_ended(2)
        assert stream.types[-1] == "auth.expired"


async def test_a_socket_is_changed_like_a_stream(pair: Pair, other: Api) -> None:
    async with connected(pair.first.url) as socket:
        greeting = (await socket.until_type("connected"))["data"]
        body = {"sessionId": greeting["sessionId"], "sessionSecret": greeting["sessionSecret"]}
        data_of(await change(other, "subscribe", {**body, "channels": [BOARD]}))
        await socket.until(lambda: "math_accuracy" in socket.boards)


@pytest.mark.parametrize("session", ["00000000-0000-4000-8000-000000000000", "of the asked process"])
async def test_a_stream_that_is_nowhere_is_not_found(pair: Pair, api: Api, session: str) -> None:
    if session.startswith("of"):
        async with listening(pair.first.url, BOARD) as stream:
            session = (await stream.until_type("connected")).json["sessionId"]
        session = session[:-4] + "0000"
    body = {"sessionId": session, "channels": [BOARD], "sessionSecret": "x"}
    assert error_of(await change(api, "subscribe", body)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sessionId": "x", "channels": [BOARD]},
        {"sessionId": "00000000-0000-4000-8000-000000000000", "channels": []},
        {"sessionId": "00000000-0000-4000-8000-000000000000", "channels": "all"},
        {"sessionId": "00000000-0000-4000-8000-000000000000", "channels": [BOARD] * 51},
        {"sessionId": "00000000-0000-4000-8000-000000000000", "channels": [BOARD], "extra": 1},
    ],
)
async def test_a_wrong_wish_is_refused(api: Api, body: dict[str, Any]) -> None:
    assert error_of(await change(api, "unsubscribe", body)) == (400, "INVALID_REQUEST")
